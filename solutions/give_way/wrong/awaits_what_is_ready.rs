//! Wrong: it awaits after each step, but what it awaits is ready. Caught by: short_stretches

use kit::work::step;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        state = async { step(state, number) }.await;
        std::future::ready(()).await;
    }
    state
}
