//! Right: the numbers are cut into chunks of fifty, and it gives way after each chunk, the
//! last one included.

use kit::work::step;
use tokio::task::yield_now;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let numbers: Vec<u64> = (0..steps).collect();
    let mut state = seed;
    for chunk in numbers.chunks(50) {
        state = chunk
            .iter()
            .fold(state, |state, number| step(state, *number));
        yield_now().await;
    }
    state
}
