//! Wrong: only whole stretches are made, and what is left is lost. Caught by: right_result

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for stretch in 0..steps / LONGEST_STRETCH {
        let first = stretch * LONGEST_STRETCH;
        state = (first..first + LONGEST_STRETCH).fold(state, step);
        yield_now().await;
    }
    state
}
