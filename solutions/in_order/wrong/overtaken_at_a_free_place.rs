//! Wrong: an event yields before it stands in line, and a later one of its key overtakes it. Caught by: in_order

use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};
use tokio::task::AbortHandle;

/// The store is a task, which is aborted when its caller goes.
pub struct Processor {
    sink: Sink,
    places: Arc<Semaphore>,
    lines: Rc<RefCell<HashMap<Key, Arc<Mutex<()>>>>>,
}

struct Aborts(AbortHandle);
impl Drop for Aborts {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Arc::new(Semaphore::new(max_parallel)),
            lines: Rc::default(),
        }
    }
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let key = event.key;
        let line = self.lines.borrow_mut().entry(key).or_default().clone();
        struct Sweep {
            lines: Rc<RefCell<HashMap<Key, Arc<Mutex<()>>>>>,
            key: Key,
            line: Option<Arc<Mutex<()>>>,
        }
        impl Drop for Sweep {
            fn drop(&mut self) {
                drop(self.line.take());
                let mut lines = self.lines.borrow_mut();
                if lines
                    .get(&self.key)
                    .is_some_and(|it| Arc::strong_count(it) == 1)
                {
                    lines.remove(&self.key);
                }
            }
        }
        let sweep = Sweep {
            lines: self.lines.clone(),
            key,
            line: Some(line.clone()),
        };
        if self.places.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
        let turn: OwnedMutexGuard<()> = line.lock_owned().await;
        let place = self.places.clone().acquire_owned().await.unwrap();
        let sink = self.sink.clone();
        let task = tokio::task::spawn_local(async move {
            let result = sink.store(event).await;
            drop((place, turn));
            drop(sweep);
            result
        });
        let _aborts = Aborts(task.abort_handle());
        match task.await {
            Ok(result) => result,
            Err(_) => Err(SinkError::Rejected),
        }
    }
}
