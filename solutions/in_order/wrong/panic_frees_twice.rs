//! Wrong: a store that panics gives its place back twice. Caught by: panic_contained

use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use tokio::sync::oneshot;
#[derive(Default)]
struct Board {
    running: Cell<usize>,
    max: usize,
    busy: RefCell<HashMap<Key, usize>>,
    line: RefCell<VecDeque<(u64, Key, oneshot::Sender<()>)>>,
    next: Cell<u64>,
}
impl Board {
    fn deal(&self) {
        let mut i = 0;
        loop {
            let (key, go) = {
                let mut l = self.line.borrow_mut();
                if self.running.get() >= self.max || i >= l.len() {
                    break;
                }
                if self.busy.borrow().contains_key(&l[i].1) {
                    i += 1;
                    continue;
                }
                let (_, k, g) = l.remove(i).unwrap();
                (k, g)
            };
            if go.send(()).is_ok() {
                self.busy.borrow_mut().insert(key, 1);
                self.running.set(self.running.get() + 1);
            }
        }
    }
    fn end(&self, key: Key) {
        self.running.set(self.running.get().saturating_sub(1));
        self.busy.borrow_mut().remove(&key);
    }
}
struct Turn {
    b: Rc<Board>,
    key: Key,
    n: u64,
    go: Option<oneshot::Receiver<()>>,
    storing: bool,
    done: bool,
}
impl Drop for Turn {
    fn drop(&mut self) {
        let mut granted = self.storing;
        if let Some(mut go) = self.go.take() {
            go.close();
            granted = go.try_recv().is_ok();
        }
        if granted {
            if std::thread::panicking() {
                self.b.running.set(self.b.running.get().saturating_sub(1));
            }
            self.b.end(self.key);
        } else {
            self.b.line.borrow_mut().retain(|l| l.0 != self.n);
        }
        self.b.deal();
        if self.b.line.borrow().is_empty() {
            *self.b.line.borrow_mut() = VecDeque::new();
            if self.b.busy.borrow().is_empty() {
                *self.b.busy.borrow_mut() = HashMap::new();
            }
        }
    }
}
pub struct Processor {
    sink: Sink,
    b: Rc<Board>,
}
impl Processor {
    pub fn new(sink: Sink, max: usize) -> Self {
        Self {
            sink,
            b: Rc::new(Board {
                max,
                ..Board::default()
            }),
        }
    }
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tx, rx) = oneshot::channel();
        let n = self.b.next.get() + 1;
        self.b.next.set(n);
        self.b.line.borrow_mut().push_back((n, event.key, tx));
        let mut t = Turn {
            b: Rc::clone(&self.b),
            key: event.key,
            n,
            go: Some(rx),
            storing: false,
            done: false,
        };
        self.b.deal();
        t.go.as_mut().unwrap().await.expect("dealt");
        t.go = None;
        t.storing = true;
        let result = self.sink.store(event).await;
        t.done = true;

        result
    }
}
