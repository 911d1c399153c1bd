//! Wrong: between two stretches it sleeps for a millisecond. Caught by: goes_on

use std::time::Duration;

use kit::work::{LONGEST_STRETCH, step};
use tokio::time::sleep;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        if number > 0 && number % LONGEST_STRETCH == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        state = step(state, number);
    }
    state
}
