//! Right: a future written by hand makes one stretch in each poll and wakes itself.

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

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u64> {
        let end = self.steps.min(self.number + LONGEST_STRETCH);
        while self.number < end {
            self.state = step(self.state, self.number);
            self.number += 1;
        }
        if self.number == self.steps {
            return Poll::Ready(self.state);
        }
        context.waker().wake_by_ref();
        Poll::Pending
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
