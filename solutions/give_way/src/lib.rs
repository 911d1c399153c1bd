//! Drill `give_way`: long work that does not hold the loop.

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

/// The state after `steps` steps.
pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        // Before a step and not after it: so nothing is left to do when the last is made.
        if number > 0 && number % LONGEST_STRETCH == 0 {
            // The caller's own task gives way. The loop polls it again in its turn, and if
            // the caller is dropped here, that is the end of it.
            yield_now().await;
        }
        state = step(state, number);
    }
    state
}
