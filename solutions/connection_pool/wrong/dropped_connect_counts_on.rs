//! Wrong: a connect that is dropped stays counted as a connection. Caught by: dropped

use std::cell::{Cell, RefCell};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    max: usize,
    open: Cell<usize>,
    idle: RefCell<Vec<Connection>>,
    changed: Semaphore,
}

struct Open<'a>(&'a Pool, Option<Connection>);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        match self.1.take() {
            Some(connection) => self.0.idle.borrow_mut().push(connection),
            None => self.0.open.set(self.0.open.get() - 1),
        }
        self.0.changed.add_permits(1);
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            max,
            open: Cell::new(0),
            idle: RefCell::default(),
            changed: Semaphore::new(max),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        self.changed.acquire().await.expect("never closed").forget();
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => {
                assert!(self.open.get() < self.max);
                self.open.set(self.open.get() + 1);
                match self.server.connect().await {
                    Ok(connection) => connection,
                    Err(error) => {
                        drop(Open(self, None));
                        return Err(error);
                    }
                }
            }
        };
        let mut open = Open(self, None);
        let answer = connection.ask(question).await?;
        open.1 = Some(connection);
        Ok(answer)
    }
}
