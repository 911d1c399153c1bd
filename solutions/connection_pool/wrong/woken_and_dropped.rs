//! Wrong: one that was called and leaves before it runs takes the turn along. Caught by: dropped

use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

struct Line {
    next: u64,
    waiting: BTreeMap<u64, Option<Waker>>,
    free: usize,
    idle: Vec<Connection>,
}
pub struct Pool {
    server: Server,
    line: RefCell<Line>,
}
struct Ticket<'a> {
    line: &'a RefCell<Line>,
    number: u64,
    has_place: bool,
}
impl Line {
    fn call(&mut self) {
        for (_, waker) in self.waiting.iter_mut().take(self.free) {
            if let Some(it) = waker.take() {
                it.wake();
            }
        }
    }
}
impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut line = self.line.borrow_mut();
        line.waiting.remove(&self.number);
        if self.has_place {
            line.free += 1;
            line.call();
        }
    }
}
impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            line: RefCell::new(Line {
                next: 0,
                waiting: BTreeMap::new(),
                free: max,
                idle: Vec::new(),
            }),
        }
    }
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let mut ticket = {
            let mut line = self.line.borrow_mut();
            line.next += 1;
            let number = line.next;
            line.waiting.insert(number, None);
            Ticket {
                line: &self.line,
                number,
                has_place: false,
            }
        };
        poll_fn(|context| {
            let mut line = self.line.borrow_mut();
            let is_called = line
                .waiting
                .keys()
                .take(line.free)
                .any(|it| *it == ticket.number);
            if !is_called {
                line.waiting
                    .insert(ticket.number, Some(context.waker().clone()));
                return Poll::Pending;
            }
            line.waiting.remove(&ticket.number);
            line.free -= 1;
            ticket.has_place = true;
            Poll::Ready(())
        })
        .await;
        let idle = self.line.borrow_mut().idle.pop();
        let mut connection = match idle {
            Some(it) => it,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.line.borrow_mut().idle.push(connection);
        Ok(answer)
    }
}
