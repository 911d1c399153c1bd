//! Wrong: the wait for a place keeps only its first waker. Caught by: answered

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::Mutex;

#[derive(Default)]
struct Places {
    free: usize,
    next: u64,
    line: VecDeque<(u64, Waker)>,
    called: Vec<u64>,
}

impl Places {
    fn call(&mut self) {
        while self.free > 0
            && let Some((number, waker)) = self.line.pop_front()
        {
            self.free -= 1;
            self.called.push(number);
            waker.wake();
        }
    }
}

pub struct Processor {
    sink: Sink,
    places: RefCell<Places>,
    lines: RefCell<HashMap<Key, Rc<Mutex<()>>>>,
}

struct Place<'a>(&'a Processor, u64, bool);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut places = self.0.places.borrow_mut();
        let called = places.called.iter().position(|it| *it == self.1);
        if let Some(called) = called {
            places.called.swap_remove(called);
        }
        if called.is_some() || self.2 {
            places.free += 1;
        }
        places.line.retain(|(number, _)| *number != self.1);
        places.call();
    }
}

struct Spot<'a>(&'a Processor, Key, Rc<Mutex<()>>);

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.2) == 2 {
            self.0.lines.borrow_mut().remove(&self.1);
        }
    }
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let places = Places {
            free: max_parallel,
            ..Places::default()
        };
        Self {
            sink,
            places: RefCell::new(places),
            lines: RefCell::default(),
        }
    }

    async fn place(&self) -> Place<'_> {
        let number = {
            let mut places = self.places.borrow_mut();
            places.next += 1;
            places.next
        };
        let mut place = Place(self, number, false);
        let mut is_in_line = false;
        poll_fn(|context| {
            let mut places = self.places.borrow_mut();
            if let Some(at) = places.called.iter().position(|it| *it == number) {
                places.called.swap_remove(at);
                return Poll::Ready(());
            }
            if !is_in_line {
                is_in_line = true;
                places.line.push_back((number, context.waker().clone()));
                if places.free > 0 && places.line.len() == 1 {
                    places.free -= 1;
                    places.line.clear();
                    return Poll::Ready(());
                }
            }
            Poll::Pending
        })
        .await;
        place.2 = true;
        place
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let line = Rc::clone(self.lines.borrow_mut().entry(event.key).or_default());
        let spot = Spot(self, event.key, line);
        let _turn = spot.2.lock().await;
        let _place = self.place().await;
        self.sink.store(event).await
    }
}
