//! Wrong: after a thousand pauses it gives way no more. Caught by: short_stretches

use kit::work::step;
pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        if number % 64 == 0 && number > 0 && number < 16_000 {
            tokio::task::yield_now().await;
        }
        state = step(state, number);
    }
    state
}
