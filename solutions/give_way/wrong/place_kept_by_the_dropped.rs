//! Wrong: folds take turns by a list, and a dropped one stays in it. Caught by: dropped

use std::cell::RefCell;

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

thread_local! {
    static TURNS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

fn is_next(seed: u64) -> bool {
    TURNS.with_borrow(|turns| turns.first() == Some(&seed))
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    TURNS.with_borrow_mut(|turns| turns.push(seed));
    let mut state = seed;
    let mut number = 0;
    while number < steps {
        while !is_next(seed) {
            yield_now().await;
        }
        let end = steps.min(number + LONGEST_STRETCH);
        state = (number..end).fold(state, step);
        number = end;
        TURNS.with_borrow_mut(|turns| turns.rotate_left(1));
        yield_now().await;
    }
    TURNS.with_borrow_mut(|turns| turns.retain(|other| *other != seed));
    state
}
