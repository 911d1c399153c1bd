//! Wrong: all processors share the places of the first. Caught by: side_by_side

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, Weak};

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::Semaphore;

static PLACES: OnceLock<Semaphore> = OnceLock::new();

pub struct Processor {
    sink: Sink,
    places: &'static Semaphore,
    turns: Mutex<HashMap<Key, Weak<Semaphore>>>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: PLACES.get_or_init(|| Semaphore::new(max_parallel)),
            turns: Mutex::default(),
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
        self.sink.store(event).await
    }
}
