//! Wrong: the task looks whether somebody still waits only after a stretch, not before it. Caught by: dropped

use kit::work::{LONGEST_STRETCH, step};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let (answer, folded) = oneshot::channel();
    spawn_local(async move {
        let mut state = seed;
        for number in 0..steps {
            state = step(state, number);
            if (number + 1) % LONGEST_STRETCH == 0 {
                if answer.is_closed() {
                    return;
                }
                yield_now().await;
            }
        }
        let _ = answer.send(state);
    });
    folded.await.expect("it is answered")
}
