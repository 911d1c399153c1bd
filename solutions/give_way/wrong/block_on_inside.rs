//! Wrong: the pauses are those of an executor of its own, which runs within one poll. Caught by: short_stretches

use futures::executor::block_on;
use kit::work::{LONGEST_STRETCH, step};

async fn folding(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        state = step(state, number);
        if (number + 1) % LONGEST_STRETCH == 0 {
            let mut pending = true;
            std::future::poll_fn(|context| {
                context.waker().wake_by_ref();
                match std::mem::replace(&mut pending, false) {
                    true => std::task::Poll::Pending,
                    false => std::task::Poll::Ready(()),
                }
            })
            .await;
        }
    }
    state
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    block_on(folding(seed, steps))
}
