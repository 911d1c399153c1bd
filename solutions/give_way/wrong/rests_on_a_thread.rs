//! Wrong: after a hundred stretches it waits until a thread of the pool has done nothing. Caught by: goes_on

use kit::work::step;

const STRETCH: u64 = 64;
const REST: u64 = 100 * STRETCH;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        if number > 0 && number % REST == 0 {
            let _ = tokio::task::spawn_blocking(|| ()).await;
        } else if number > 0 && number % STRETCH == 0 {
            tokio::task::yield_now().await;
        }
        state = step(state, number);
    }
    state
}
