//! Wrong: it gives way only when more than 64 steps were made. Caught by: short_stretches

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    let mut made = 0;
    for number in 0..steps {
        state = step(state, number);
        made += 1;
        if made > LONGEST_STRETCH {
            yield_now().await;
            made = 0;
        }
    }
    state
}
