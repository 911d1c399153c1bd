//! Drill `in_order`: in order for each key, side by side between keys.

use kit::sink::{Event, Sink, SinkError};

/// Hands events to a sink. As it is, it keeps no order and knows no limit.
pub struct Processor {
    sink: Sink,
    // To do: what must an event find here when an earlier one of its key is not stored yet?
}

impl Processor {
    /// A processor that has at most `max_parallel` stores under way at once.
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let _ = max_parallel;
        Self { sink }
    }

    /// Has `event` stored, and returns when that is done.
    ///
    /// - Events of one key are stored in the order in which `handle` was first polled,
    ///   never two of them at once.
    /// - Events of different keys are stored side by side, up to `max_parallel` stores. A
    ///   store counts for as long as it is under way, even if its caller was dropped.
    /// - An event that waits for an earlier one of its key takes no place meanwhile, and a
    ///   key with many events does not keep the others from theirs.
    /// - Each caller gets the result of its own event.
    /// - No event is stored twice, not even after [`SinkError::Rejected`], and a rejected
    ///   event holds up nothing.
    /// - Any caller may be dropped at any moment. Its event is then stored once or not at
    ///   all, and the later ones go on.
    /// - Waiting costs nothing: a waiting event is woken when its turn comes.
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        // To do: wait for the earlier events of this key, and for a place.
        self.sink.store(event).await
    }
}
