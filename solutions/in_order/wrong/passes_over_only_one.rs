//! Wrong: the turn passes over one event whose caller is gone, but not over two. Caught by: dropped

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Semaphore, oneshot};

type Line = VecDeque<oneshot::Sender<()>>;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<HashMap<Key, Line>>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lines: RefCell::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let waiting = {
            let mut lines = self.lines.borrow_mut();
            match lines.get_mut(&event.key) {
                None => {
                    lines.insert(event.key, Line::new());
                    None
                }
                Some(line) => {
                    let (sender, turn) = oneshot::channel();
                    line.push_back(sender);
                    Some(turn)
                }
            }
        };
        if let Some(turn) = waiting {
            let mut spot = Spot(self, event.key, turn);
            let _ = (&mut spot.2).await;
        }
        let _turn = Turn(self, event.key);
        let _place = self.places.acquire().await.unwrap();
        self.sink.store(event).await
    }

    fn pass_on(&self, key: Key) {
        let mut lines = self.lines.borrow_mut();
        let Some(line) = lines.get_mut(&key) else {
            return;
        };
        let called = line.pop_front().is_some_and(|next| next.send(()).is_ok());
        if !called {
            match line.pop_front() {
                Some(next) => {
                    let _ = next.send(());
                }
                None => {
                    lines.remove(&key);
                }
            }
        }
    }
}

/// A caller that was called and leaves before it could run hands its turn on.
struct Spot<'a>(&'a Processor, Key, oneshot::Receiver<()>);

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        if self.2.try_recv().is_ok() {
            self.0.pass_on(self.1);
        }
    }
}

struct Turn<'a>(&'a Processor, Key);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.pass_on(self.1);
    }
}
