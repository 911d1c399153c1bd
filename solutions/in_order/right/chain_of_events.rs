//! Right: each event waits for the one before it in its key, by a channel that closes when
//! that one is done, whatever became of it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Semaphore, watch};

pub struct Processor {
    sink: Sink,
    places: Rc<Semaphore>,
    last: Rc<RefCell<HashMap<Key, watch::Receiver<()>>>>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Rc::new(Semaphore::new(max_parallel)),
            last: Rc::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let key = event.key;
        let (done, ends) = watch::channel(());
        let before = self.last.borrow_mut().insert(key, ends.clone());
        let (sink, places) = (self.sink.clone(), Rc::clone(&self.places));
        let last = Rc::clone(&self.last);
        // A task: a link in the chain waits for the one before it, even if its caller is
        // gone. Else those behind it would start too early.
        let link = tokio::task::spawn_local(async move {
            let _done = Link {
                done: Some(done),
                ends,
                key,
                last,
            };
            if let Some(mut before) = before {
                // It never changes: an error says that the other side is gone.
                while before.changed().await.is_ok() {}
            }
            let _place = places.acquire().await.expect("never closed");
            sink.store(event).await
        });
        link.await.expect("the store panicked")
    }
}

struct Link {
    done: Option<watch::Sender<()>>,
    ends: watch::Receiver<()>,
    key: Key,
    last: Rc<RefCell<HashMap<Key, watch::Receiver<()>>>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut last = self.last.borrow_mut();
        if last
            .get(&self.key)
            .is_some_and(|it| it.same_channel(&self.ends))
        {
            last.remove(&self.key);
        }
        self.done.take();
    }
}
