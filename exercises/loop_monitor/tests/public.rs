//! The tests you can see. `cargo grade loop_monitor` runs the hidden ones.

use std::time::Duration;

use kit::clock::Clock;
use loop_monitor::{LoopMonitor, Report};
use tokio::task::LocalSet;
use tokio::time::{advance, sleep};

const EVERY: Duration = Duration::from_millis(10);
const THRESHOLD: Duration = Duration::from_millis(50);

/// What a monitor reports after the loop was blocked for these times, with a rest after
/// each.
async fn reported(stalls: &[u64]) -> Report {
    let tasks = LocalSet::new();
    let report = tasks.run_until(async {
        let monitor = LoopMonitor::start(Clock::simulated(), EVERY, THRESHOLD);
        sleep(10 * EVERY).await;
        for stall in stalls {
            // Time passes, and nobody else is polled meanwhile.
            advance(Duration::from_millis(*stall)).await;
            sleep(10 * EVERY).await;
        }
        monitor.report()
    });
    report.await
}

#[tokio::test(start_paused = true)]
async fn a_long_stall_is_counted_and_measured() {
    let Report { stalls, longest } = reported(&[300]).await;
    assert_eq!(stalls, 1);
    let error = longest.abs_diff(Duration::from_millis(300));
    assert!(error <= EVERY, "it reports {longest:?}");
}

#[tokio::test(start_paused = true)]
async fn short_stalls_and_an_idle_loop_are_not_counted() {
    assert_eq!(reported(&[]).await.stalls, 0);
    assert_eq!(reported(&[30, 20]).await.stalls, 0);
}
