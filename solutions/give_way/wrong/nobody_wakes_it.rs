//! Wrong: the future is pending after a stretch, and does not say when to poll it again. Caught by: goes_on

use std::pin::Pin;
use std::task::{Context, Poll};

use kit::work::{LONGEST_STRETCH, step};

struct Fold {
    state: u64,
    number: u64,
    steps: u64,
}

impl Future for Fold {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u64> {
        let end = self.steps.min(self.number + LONGEST_STRETCH);
        while self.number < end {
            self.state = step(self.state, self.number);
            self.number += 1;
        }
        match self.number == self.steps {
            true => Poll::Ready(self.state),
            false => Poll::Pending,
        }
    }
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let number = 0;
    let state = seed;
    Fold {
        state,
        number,
        steps,
    }
    .await
}
