//! What most listings share: one thread, one loop, and a clock that jumps.
//!
//! [`run`] runs a future, [`say`] prints a line with the time of that clock.
//! Time stands still while a task runs and jumps to the next timer when none
//! can, so the milliseconds are exact and cost nothing.

use std::cell::Cell;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

thread_local! {
    static START: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Runs `future`, and whatever it spawns, on this thread alone.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build();
    let runtime = runtime.expect("a runtime can be built");
    LocalSet::new().block_on(&runtime, async {
        START.set(Some(Instant::now()));
        future.await
    })
}

/// Prints `line` with the milliseconds since the loop began.
pub fn say(line: impl AsRef<str>) {
    let start = START.get().expect("`say` is for what `run` runs");
    println!("{:>4} ms  {}", start.elapsed().as_millis(), line.as_ref());
}

/// Waits this many milliseconds of the loop's clock.
pub async fn wait(milliseconds: u64) {
    sleep(Duration::from_millis(milliseconds)).await;
}
