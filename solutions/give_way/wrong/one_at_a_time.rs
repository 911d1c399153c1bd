//! Wrong: a lock lets one fold after the other be made. Caught by: side_by_side

use kit::work::{LONGEST_STRETCH, step};
use tokio::sync::Mutex;
use tokio::task::yield_now;

static FOLDING: Mutex<()> = Mutex::const_new(());

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let _folding = FOLDING.lock().await;
    let mut state = seed;
    for number in 0..steps {
        if number > 0 && number % LONGEST_STRETCH == 0 {
            yield_now().await;
        }
        state = step(state, number);
    }
    state
}
