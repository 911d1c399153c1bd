//! Right: each step takes two of the 128 units of tokio's budget, and the steps since the
//! last pause are counted as well, in case the budget is larger one day.

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::{consume_budget, yield_now};

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    let mut stretch = 0;
    for number in 0..steps {
        let before = tokio::task::coop::has_budget_remaining();
        consume_budget().await;
        consume_budget().await;
        if !before {
            stretch = 0;
        }
        if stretch == LONGEST_STRETCH {
            yield_now().await;
            stretch = 0;
        }
        state = step(state, number);
        stretch += 1;
    }
    state
}
