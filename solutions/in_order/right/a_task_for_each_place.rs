//! Right: a task with an inbox of its own for each place, each of which stores one event at a time.

use futures::FutureExt;
use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use tokio::sync::{mpsc, oneshot};

type Item = (Event, oneshot::Sender<Result<(), SinkError>>);
struct Desk {
    lines: HashMap<Key, VecDeque<Item>>,
    ready: VecDeque<Key>,
    idle: Vec<usize>,
    workers: Vec<mpsc::UnboundedSender<Item>>,
}

pub struct Processor(Rc<RefCell<Desk>>);
impl Drop for Processor {
    fn drop(&mut self) {
        let w = std::mem::take(&mut self.0.borrow_mut().workers);
        drop(w);
    }
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let desk = Rc::new(RefCell::new(Desk {
            lines: HashMap::new(),
            ready: VecDeque::new(),
            idle: (0..max_parallel).rev().collect(),
            workers: vec![],
        }));
        for n in 0..max_parallel {
            let (send, mut items) = mpsc::unbounded_channel::<Item>();
            desk.borrow_mut().workers.push(send);
            let (sink, home) = (sink.clone(), Rc::downgrade(&desk));
            tokio::task::spawn_local(async move {
                while let Some((event, tell)) = items.recv().await {
                    let key = event.key;
                    if let Ok(r) = AssertUnwindSafe(sink.store(event)).catch_unwind().await {
                        let _ = tell.send(r);
                    } else {
                        drop(tell);
                    }
                    let Some(desk) = home.upgrade() else { return };
                    let mut d = desk.borrow_mut();
                    d.idle.push(n);
                    if d.lines[&key].is_empty() {
                        d.lines.remove(&key);
                    } else {
                        d.ready.push_back(key);
                    }
                    d.pump();
                }
            });
        }
        Self(desk)
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tell, told) = oneshot::channel();
        {
            let mut d = self.0.borrow_mut();
            if !d.lines.contains_key(&event.key) {
                d.ready.push_back(event.key);
            }
            d.lines
                .entry(event.key)
                .or_default()
                .push_back((event, tell));
            d.pump();
        }
        told.await.expect("the store panicked")
    }
}

impl Desk {
    fn pump(&mut self) {
        while !self.ready.is_empty() && !self.idle.is_empty() {
            let key = self.ready.pop_front().unwrap();
            let n = self.idle.pop().unwrap();
            let item = self.lines.get_mut(&key).unwrap().pop_front().unwrap();
            let _ = self.workers[n].send(item);
        }
    }
}
