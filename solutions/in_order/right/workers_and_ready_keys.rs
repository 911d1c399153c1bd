//! Right: `max_parallel` worker tasks at most, started when there is work, which take keys
//! from a line of keys and put each back behind the others after one store.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::oneshot;

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);

struct Shop {
    sink: Sink,
    max_parallel: usize,
    workers: Cell<usize>,
    lines: RefCell<HashMap<Key, VecDeque<Job>>>,
    ready: RefCell<VecDeque<Key>>,
}

pub struct Processor(Rc<Shop>);

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self(Rc::new(Shop {
            sink,
            max_parallel,
            workers: Cell::new(0),
            lines: RefCell::default(),
            ready: RefCell::default(),
        }))
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let key = event.key;
        let (tell, told) = oneshot::channel();
        let mut lines = self.0.lines.borrow_mut();
        if !lines.contains_key(&key) {
            self.0.ready.borrow_mut().push_back(key);
        }
        lines.entry(key).or_default().push_back((event, tell));
        drop(lines);
        hire(&self.0);
        told.await.unwrap_or(Err(SinkError::Rejected))
    }
}

fn hire(shop: &Rc<Shop>) {
    if shop.workers.get() < shop.max_parallel && !shop.ready.borrow().is_empty() {
        shop.workers.set(shop.workers.get() + 1);
        tokio::task::spawn_local(work(Rc::clone(shop)));
    }
}

async fn work(shop: Rc<Shop>) {
    let _here = Here(Rc::clone(&shop));
    loop {
        let key = shop.ready.borrow_mut().pop_front();
        let Some(key) = key else { return };
        let job = shop
            .lines
            .borrow_mut()
            .get_mut(&key)
            .and_then(VecDeque::pop_front);
        let _done = Done(&shop, key);
        if let Some((event, tell)) = job
            && !tell.is_closed()
        {
            let _ = tell.send(shop.sink.store(event).await);
        }
    }
}

struct Done<'a>(&'a Shop, Key);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        let mut lines = self.0.lines.borrow_mut();
        if lines.get(&self.1).is_none_or(VecDeque::is_empty) {
            lines.remove(&self.1);
        } else {
            self.0.ready.borrow_mut().push_back(self.1);
        }
    }
}

struct Here(Rc<Shop>);

impl Drop for Here {
    fn drop(&mut self) {
        self.0.workers.set(self.0.workers.get() - 1);
        // After a panic its work is another one's.
        if std::thread::panicking() {
            hire(&self.0);
        }
    }
}
