//! Wrong: the first step is made before it looks whether there is one. Caught by: right_result

use kit::work::step;
use tokio::task::yield_now;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    let mut number = 0;
    loop {
        state = step(state, number);
        number += 1;
        if number >= steps {
            return state;
        }
        if number % 50 == 0 {
            yield_now().await;
        }
    }
}
