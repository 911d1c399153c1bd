//! Wrong: a semaphore bounds the stores, and nothing keeps the events of a key apart. Caught by: in_order

use kit::sink::{Event, Sink, SinkError};
use tokio::sync::Semaphore;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let places = Semaphore::new(max_parallel);
        Self { sink, places }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let _place = self.places.acquire().await.unwrap();
        self.sink.store(event).await
    }
}
