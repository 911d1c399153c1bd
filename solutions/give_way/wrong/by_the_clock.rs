//! Wrong: it gives way when a millisecond has passed, however many steps were made by then. Caught by: short_stretches

use std::time::Duration;

use kit::work::step;
use tokio::task::yield_now;
use tokio::time::Instant;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    let mut since = Instant::now();
    for number in 0..steps {
        state = step(state, number);
        if since.elapsed() > Duration::from_millis(1) {
            yield_now().await;
            since = Instant::now();
        }
    }
    state
}
