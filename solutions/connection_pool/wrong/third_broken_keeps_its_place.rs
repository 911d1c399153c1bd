//! Wrong: after three connections that broke in a row the pool shrinks by one place, and never grows again. Caught by: failed

use std::cell::{Cell, RefCell};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

const TOO_MANY: u32 = 3;

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
    broken_in_a_row: Cell<u32>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
            broken_in_a_row: Cell::new(0),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let place = self.places.acquire().await.expect("never closed");
        let known = self.idle.borrow_mut().pop();
        let mut connection = match known {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        match connection.ask(question).await {
            Ok(answer) => {
                self.broken_in_a_row.set(0);
                self.idle.borrow_mut().push(connection);
                Ok(answer)
            }
            Err(error) => {
                self.broken_in_a_row.set(self.broken_in_a_row.get() + 1);
                if self.broken_in_a_row.get() == TOO_MANY {
                    place.forget();
                }
                Err(error)
            }
        }
    }
}
