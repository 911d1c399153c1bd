//! Wrong: the only waiter of a key is dropped and the key stays among those that are ready; the next event puts it there again. Caught by: dropped

use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use tokio::sync::oneshot;
#[derive(Default)]
struct B {
    free: usize,
    lines: HashMap<Key, VecDeque<(u64, oneshot::Sender<()>)>>,
    busy: HashSet<Key>,
    ready: VecDeque<Key>,
    next: u64,
}
impl B {
    fn deal(&mut self) {
        while self.free > 0 {
            let Some(key) = self.ready.pop_front() else {
                return;
            };
            loop {
                let go = match self.lines.get_mut(&key).and_then(|l| l.pop_front()) {
                    Some((_, go)) => go,
                    None => {
                        self.lines.remove(&key);
                        break;
                    }
                };
                if self.lines[&key].is_empty() {
                    self.lines.remove(&key);
                }
                if go.send(()).is_ok() {
                    self.free -= 1;
                    self.busy.insert(key);
                    break;
                }
            }
        }
    }
    fn end(&mut self, key: Key) {
        self.free += 1;
        self.busy.remove(&key);
        if self.lines.contains_key(&key) {
            self.ready.push_back(key);
        }
        self.deal();
    }
}
struct T {
    b: Rc<RefCell<B>>,
    key: Key,
    n: u64,
    go: Option<oneshot::Receiver<()>>,
    has: bool,
}
impl Drop for T {
    fn drop(&mut self) {
        let mut has = self.has;
        if let Some(mut go) = self.go.take() {
            go.close();
            has = go.try_recv().is_ok();
        }
        let mut b = self.b.borrow_mut();
        if has {
            b.end(self.key);
        } else {
            let n = self.n;
            if let Some(l) = b.lines.get_mut(&self.key) {
                l.retain(|x| x.0 != n);
                if l.is_empty() {
                    b.lines.remove(&self.key);
                }
            }
        }
        if b.lines.is_empty() && b.busy.is_empty() {
            b.lines = HashMap::new();
            b.busy = HashSet::new();
            b.ready = VecDeque::new();
        }
    }
}
pub struct Processor {
    sink: Sink,
    b: Rc<RefCell<B>>,
}
impl Processor {
    pub fn new(sink: Sink, max: usize) -> Self {
        Self {
            sink,
            b: Rc::new(RefCell::new(B {
                free: max,
                ..B::default()
            })),
        }
    }
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tx, rx) = oneshot::channel();
        let key = event.key;
        let n = {
            let mut b = self.b.borrow_mut();
            b.next += 1;
            let n = b.next;
            if !b.lines.contains_key(&key) && !b.busy.contains(&key) {
                b.ready.push_back(key);
            }
            b.lines.entry(key).or_default().push_back((n, tx));
            n
        };
        let mut t = T {
            b: Rc::clone(&self.b),
            key,
            n,
            go: Some(rx),
            has: false,
        };
        self.b.borrow_mut().deal();
        t.go.as_mut().unwrap().await.expect("dealt");
        t.go = None;
        t.has = true;
        self.sink.store(event).await
    }
}
