//! Wrong: it gives way after a hundred steps, which is too rarely. Caught by: short_stretches

use kit::work::step;
use tokio::task::yield_now;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        state = step(state, number);
        if number % 100 == 99 {
            yield_now().await;
        }
    }
    state
}
