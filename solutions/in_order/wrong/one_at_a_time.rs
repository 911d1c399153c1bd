//! Wrong: one lock for all keys keeps the order, and makes strangers wait for each other. Caught by: side_by_side

use kit::sink::{Event, Sink, SinkError};
use tokio::sync::Mutex;

pub struct Processor {
    sink: Mutex<Sink>,
}

impl Processor {
    pub fn new(sink: Sink, _max_parallel: usize) -> Self {
        let sink = Mutex::new(sink);
        Self { sink }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let sink = self.sink.lock().await;
        sink.store(event).await
    }
}
