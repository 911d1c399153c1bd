//! Wrong: each stretch counts its steps from 0. Caught by: right_result

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    let mut left = steps;
    while left > 0 {
        let stretch = left.min(LONGEST_STRETCH);
        state = (0..stretch).fold(state, step);
        left -= stretch;
        yield_now().await;
    }
    state
}
