//! Wrong: what is left of a dropped fold is made up for in `drop`. Caught by: dropped

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::yield_now;

struct Fold {
    state: u64,
    number: u64,
    steps: u64,
}

impl Fold {
    fn advance(&mut self, most: u64) {
        let end = self.steps.min(self.number + most);
        self.state = (self.number..end).fold(self.state, step);
        self.number = end;
    }
}

impl Drop for Fold {
    fn drop(&mut self) {
        while self.number < self.steps {
            self.advance(LONGEST_STRETCH);
        }
    }
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut fold = Fold {
        state: seed,
        number: 0,
        steps,
    };
    while fold.number < steps {
        fold.advance(LONGEST_STRETCH);
        yield_now().await;
    }
    fold.state
}
