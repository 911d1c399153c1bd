//! Wrong: steps are counted in 16 bits. Caught by: right_result

use kit::work::step;
pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps as u16 {
        if number % 64 == 0 && number > 0 {
            tokio::task::yield_now().await;
        }
        state = step(state, u64::from(number));
    }
    state
}
