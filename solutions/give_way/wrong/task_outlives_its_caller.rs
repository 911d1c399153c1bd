//! Wrong: a spawned task makes the steps, and goes on when the caller is dropped. Caught by: dropped

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::{spawn_local, yield_now};

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let folding = spawn_local(async move {
        let mut state = seed;
        for number in 0..steps {
            if number > 0 && number % LONGEST_STRETCH == 0 {
                yield_now().await;
            }
            state = step(state, number);
        }
        state
    });
    folding.await.expect("it does not panic")
}
