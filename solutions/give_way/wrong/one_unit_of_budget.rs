//! Wrong: one unit of tokio's budget for each step, and a poll has 128 of them. Caught by: short_stretches

use kit::work::step;
use tokio::task::consume_budget;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        consume_budget().await;
        state = step(state, number);
    }
    state
}
