//! Wrong: it takes for granted that there is a last step. Caught by: right_result

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let last = steps.checked_sub(1).expect("there is a last step");
    let mut state = seed;
    for number in 0..last {
        state = step(state, number);
        if (number + 1) % LONGEST_STRETCH == 0 {
            yield_now().await;
        }
    }
    step(state, last)
}
