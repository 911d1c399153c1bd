//! Wrong: a connection that was idle for a week is closed. Caught by: stays_open

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::time::Instant;

pub struct Pool {
    server: Server,
    free: Cell<usize>,
    idle: RefCell<Vec<(Instant, Connection)>>,
    line: RefCell<VecDeque<Rc<Waiter>>>,
}

#[derive(Default)]
struct Waiter {
    called: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// A place, held until it is dropped.
struct Place<'a>(&'a Pool);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let first = self.0.line.borrow_mut().pop_front();
        match first {
            Some(first) => {
                first.called.set(true);
                let waker = first.waker.take();
                waker.into_iter().for_each(Waker::wake);
            }
            None => self.0.free.set(self.0.free.get() + 1),
        }
    }
}

/// A spot in the line.
struct Spot<'a> {
    pool: &'a Pool,
    waiter: Rc<Waiter>,
    taken: bool,
}

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        if self.taken {
            return;
        }
        if self.waiter.called.get() {
            drop(Place(self.pool));
        } else {
            let is_it = |it: &Rc<Waiter>| Rc::ptr_eq(it, &self.waiter);
            self.pool.line.borrow_mut().retain(|it| !is_it(it));
        }
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            free: Cell::new(max),
            idle: RefCell::default(),
            line: RefCell::default(),
        }
    }

    async fn place(&self) -> Place<'_> {
        if self.free.get() > 0 {
            self.free.set(self.free.get() - 1);
            return Place(self);
        }
        let waiter = Rc::new(Waiter::default());
        self.line.borrow_mut().push_back(Rc::clone(&waiter));
        let mut spot = Spot {
            pool: self,
            waiter,
            taken: false,
        };
        poll_fn(|context| {
            if spot.waiter.called.get() {
                return Poll::Ready(());
            }
            *spot.waiter.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
        spot.taken = true;
        Place(self)
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.place().await;
        let idle = self.idle.borrow_mut().pop();
        let a_week = Duration::from_secs(7 * 24 * 60 * 60);
        let mut connection = match idle {
            Some((since, connection)) if since.elapsed() < a_week => connection,
            _ => self.server.connect().await?,
        };
        let answer = connection.ask(question).await;
        if answer.is_ok() {
            self.idle.borrow_mut().push((Instant::now(), connection));
        }
        answer
    }
}
