//! Wrong: folds share a stretch, and the dropped ones keep their share. Caught by: dropped

use kit::work::step;
use std::cell::Cell;

thread_local! {
    static ACTIVE: Cell<u64> = const { Cell::new(0) };
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    ACTIVE.set(ACTIVE.get() + 1);
    let mut n = 0;
    while n < steps {
        let s = (64 / ACTIVE.get()).max(1);
        for _ in 0..s.min(steps - n) {
            state = step(state, n);
            n += 1;
        }
        if n < steps {
            tokio::task::yield_now().await;
        }
    }
    ACTIVE.set(ACTIVE.get() - 1);
    state
}
