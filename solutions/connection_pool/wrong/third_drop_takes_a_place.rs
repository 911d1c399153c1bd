//! Wrong: after three callers were dropped halfway, the pool has one place less. Caught by: dropped

use std::cell::{Cell, RefCell};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
    given_up: Cell<u32>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
            given_up: Cell::new(0),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        self.slow_down();
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let halfway = Halfway(&self.given_up);
        let answer = connection.ask(question).await;
        std::mem::forget(halfway);
        if answer.is_ok() {
            self.idle.borrow_mut().push(connection);
        }
        answer
    }

    /// The server is overloaded if nobody waits for its answers.
    fn slow_down(&self) {
        if self.given_up.get() >= 3 && self.places.available_permits() > 0 {
            self.places.forget_permits(1);
            self.given_up.set(0);
        }
    }
}

/// A caller that waits for an answer.
struct Halfway<'a>(&'a Cell<u32>);

impl Drop for Halfway<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}
