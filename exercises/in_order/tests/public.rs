//! The tests you can see. `cargo grade in_order` runs the hidden ones.

use std::time::Duration;

use futures::future::join_all;
use in_order::Processor;
use kit::sink::{Event, Key, Sink};
use tokio::task::LocalSet;
use tokio::time::Instant;

const LATENCY: Duration = Duration::from_millis(200);

/// Hands in these events at once, and returns how long it took until all were stored.
async fn handled(sink: &Sink, max_parallel: usize, events: &[(u64, u64)]) -> Duration {
    let before = Instant::now();
    let tasks = LocalSet::new();
    let all = tasks.run_until(async {
        let processor = Processor::new(sink.clone(), max_parallel);
        let events = events.iter().map(|(key, number)| Event {
            key: Key(*key),
            number: *number,
        });
        join_all(events.map(|event| processor.handle(event))).await
    });
    assert!(all.await.iter().all(Result::is_ok));
    before.elapsed()
}

#[tokio::test(start_paused = true)]
async fn events_of_one_key_are_stored_one_after_the_other() {
    let sink = Sink::simulated(LATENCY);
    let events = [(8, 30), (8, 10), (8, 20)];
    assert_eq!(handled(&sink, 4, &events).await, 3 * LATENCY);
    let stored: Vec<u64> = sink.stored().iter().map(|event| event.number).collect();
    assert_eq!(stored, [30, 10, 20]);
}

#[tokio::test(start_paused = true)]
async fn events_of_different_keys_are_stored_side_by_side_up_to_the_limit() {
    let events = [(1, 1), (2, 2), (3, 3), (4, 4)];
    for (max_parallel, rounds) in [(4, 1), (2, 2), (1, 4)] {
        let sink = Sink::simulated(LATENCY);
        assert_eq!(
            handled(&sink, max_parallel, &events).await,
            rounds * LATENCY
        );
    }
}
