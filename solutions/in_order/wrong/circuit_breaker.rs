//! Wrong: after six rejected events in a row the sink is not asked any more. Caught by: own_result

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::Semaphore;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    turns: Mutex<HashMap<Key, Weak<Semaphore>>>,
    rejected: Cell<u32>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            turns: Mutex::default(),
            rejected: Cell::new(0),
        }
    }

    fn turn_of(&self, key: Key) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap();
        if let Some(turn) = turns.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        // Swept when a key is new, so that old ones do not gather.
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Semaphore::new(1));
        turns.insert(key, Arc::downgrade(&turn));
        turn
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let turn = self.turn_of(event.key);
        let _turn = turn.acquire().await.unwrap();
        let _place = self.places.acquire().await.unwrap();
        if self.rejected.get() >= 6 {
            return Err(SinkError::Rejected);
        }
        let result = self.sink.store(event).await;
        match result {
            Ok(()) => self.rejected.set(0),
            Err(_) => self.rejected.set(self.rejected.get() + 1),
        }
        result
    }
}
