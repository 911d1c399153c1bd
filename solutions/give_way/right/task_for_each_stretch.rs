//! Right: each stretch is a task of its own, and the caller awaits one after the other. A
//! guard aborts the one that is under way when the caller is dropped.

use kit::work::{LONGEST_STRETCH, step};
use tokio::task::{AbortHandle, spawn_local};

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    let mut number = 0;
    while number < steps {
        let end = steps.min(number + LONGEST_STRETCH);
        let stretch = spawn_local(async move { (number..end).fold(state, step) });
        let _guard = AbortOnDrop(stretch.abort_handle());
        state = stretch.await.expect("it does not panic");
        number = end;
    }
    state
}
