//! Wrong: when two connections in a row break, all that are idle are closed. Caught by: stays_open

use std::cell::{Cell, RefCell};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
    broken: Cell<u32>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
            broken: Cell::new(0),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await;
        if answer.is_ok() {
            self.broken.set(0);
            self.idle.borrow_mut().push(connection);
        } else {
            self.one_is_broken();
        }
        answer
    }

    fn one_is_broken(&self) {
        self.broken.set(self.broken.get() + 1);
        if self.broken.get() == 2 {
            // The server was started again, it seems.
            self.idle.borrow_mut().clear();
        }
    }
}
