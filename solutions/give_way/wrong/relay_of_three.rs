//! Wrong: three tasks make the stretches in turn, and all of them stand in the loop's queue one behind the other. Caught by: neighbours

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::{JoinSet, yield_now};

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let state = Rc::new(Cell::new(seed));
    let left = Rc::new(RefCell::new(0..steps));
    let mut runners = JoinSet::new();
    for _ in 0..3 {
        let (state, left) = (Rc::clone(&state), Rc::clone(&left));
        runners.spawn_local(async move {
            while !left.borrow().is_empty() {
                let numbers = 0..LONGEST_STRETCH;
                let stretch = numbers.map_while(|_| left.borrow_mut().next());
                state.set(stretch.fold(state.get(), step));
                yield_now().await;
            }
        });
    }
    while runners.join_next().await.is_some() {}
    state.get()
}
