//! Wrong: another thread makes the steps, for work that belongs on the loop. Caught by: goes_on

use kit::work::step;
use tokio::task::spawn_blocking;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let folded = spawn_blocking(move || (0..steps).fold(seed, step));
    folded.await.expect("it does not panic")
}
