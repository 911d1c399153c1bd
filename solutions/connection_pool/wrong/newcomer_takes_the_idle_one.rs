//! Wrong: a waiting caller is only told to look again, and a newcomer may look first. Caught by: in_line

use std::cell::{Cell, RefCell};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Notify;

pub struct Pool {
    server: Server,
    free: Cell<usize>,
    idle: RefCell<Vec<Connection>>,
    given_back: Notify,
}

struct Place<'a>(&'a Pool);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        self.0.given_back.notify_one();
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            free: Cell::new(max),
            idle: RefCell::default(),
            given_back: Notify::new(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        while self.free.get() == 0 {
            self.given_back.notified().await;
        }
        self.free.set(self.free.get() - 1);
        let _place = Place(self);
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }
}
