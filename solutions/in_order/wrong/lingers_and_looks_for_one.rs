//! Wrong: a worker that lingers when its line is empty expects one event to come, and goes when two did. Caught by: own_result

use futures::FutureExt;
use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use tokio::sync::{Semaphore, oneshot};

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);
type Lines = Rc<RefCell<HashMap<Key, VecDeque<Job>>>>;
pub struct Processor {
    sink: Sink,
    places: Rc<Semaphore>,
    lines: Lines,
}
impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Rc::new(Semaphore::new(max_parallel)),
            lines: Rc::default(),
        }
    }
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let key = event.key;
        let (tell, told) = oneshot::channel();
        let first = {
            let mut l = self.lines.borrow_mut();
            let first = !l.contains_key(&key);
            l.entry(key).or_default().push_back((event, tell));
            first
        };
        if first {
            let (sink, places, lines) = (
                self.sink.clone(),
                Rc::clone(&self.places),
                Rc::clone(&self.lines),
            );
            tokio::task::spawn_local(async move {
                loop {
                    let place = places.acquire().await.unwrap();
                    let next = lines.borrow_mut().get_mut(&key).unwrap().pop_front();
                    if let Some((event, tell)) = next {
                        if !tell.is_closed() {
                            let result = std::panic::AssertUnwindSafe(sink.store(event))
                                .catch_unwind()
                                .await;
                            let _ = tell.send(result.unwrap_or(Err(SinkError::Rejected)));
                        }
                    }
                    drop(place);
                    let idle = lines.borrow().get(&key).unwrap().is_empty();
                    if idle {
                        // Perhaps somebody comes right away: then there is no need for another worker.
                        let before = lines.borrow().get(&key).unwrap().len();
                        tokio::task::yield_now().await;
                        let now = lines.borrow().get(&key).unwrap().len();
                        if before == 0 && now != 1 {
                            lines.borrow_mut().remove(&key);
                            return;
                        }
                    }
                }
            });
        }
        told.await.unwrap_or(Err(SinkError::Rejected))
    }
}
