//! Wrong: a connection counts only once it is open, so that several are opened at once. Caught by: limit

use std::cell::{Cell, RefCell};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    max: usize,
    open: Cell<usize>,
    idle: RefCell<Vec<Connection>>,
    returned: Semaphore,
}

struct Open<'a>(&'a Cell<usize>, &'a Semaphore);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
        self.1.add_permits(1);
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            max,
            open: Cell::new(0),
            idle: RefCell::default(),
            returned: Semaphore::new(0),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => {
                if let Ok(permit) = self.returned.try_acquire() {
                    permit.forget();
                }
                connection
            }
            None if self.open.get() < self.max => self.server.connect().await?,
            None => {
                self.returned.acquire().await.expect("never closed").forget();
                let idle = self.idle.borrow_mut().pop();
                match idle {
                    Some(connection) => connection,
                    None => self.server.connect().await?,
                }
            }
        };
        self.open.set(self.open.get() + 1);
        let _open = Open(&self.open, &self.returned);
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }
}
