//! Right: a spawned task makes the steps; it is in a `JoinSet`, which aborts it when the
//! caller is dropped.

use kit::work::step;
use tokio::task::{JoinSet, yield_now};

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut state = seed;
        for number in 0..steps {
            state = step(state, number);
            if number % 60 == 59 {
                yield_now().await;
            }
        }
        state
    });
    let folded = tasks.join_next().await.expect("there is one task");
    folded.expect("it does not panic")
}
