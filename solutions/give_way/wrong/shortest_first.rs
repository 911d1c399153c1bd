//! Wrong: a fold pauses for as long as another one has fewer steps left. Caught by: side_by_side

use std::cell::RefCell;
use std::collections::BTreeSet;

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

thread_local! {
    static LEFT: RefCell<BTreeSet<(u64, u64)>> = const { RefCell::new(BTreeSet::new()) };
}

struct Place(u64, u64);

impl Place {
    fn new(left: u64, seed: u64) -> Place {
        LEFT.with_borrow_mut(|all| all.insert((left, seed)));
        Place(left, seed)
    }

    fn is_first(&self) -> bool {
        LEFT.with_borrow(|all| all.first() == Some(&(self.0, self.1)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        LEFT.with_borrow_mut(|all| all.remove(&(self.0, self.1)));
    }
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    let mut place = Place::new(steps, seed);
    for number in 0..steps {
        if number > 0 && number % LONGEST_STRETCH == 0 {
            place = Place::new(steps - number, seed);
            yield_now().await;
            while !place.is_first() {
                yield_now().await;
            }
        }
        state = step(state, number);
    }
    drop(place);
    state
}
