//! Wrong: a caller that was called and then dropped before it ran keeps its place. Caught by: dropped

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::oneshot;

pub struct Pool {
    server: Server,
    free: Cell<usize>,
    idle: RefCell<Vec<Connection>>,
    line: RefCell<VecDeque<oneshot::Sender<()>>>,
}

struct Place<'a>(&'a Pool);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        while let Some(first) = self.0.line.borrow_mut().pop_front() {
            if first.send(()).is_ok() {
                return;
            }
        }
        self.0.free.set(self.0.free.get() + 1);
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

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        if self.free.get() == 0 {
            let (call, called) = oneshot::channel();
            self.line.borrow_mut().push_back(call);
            called.await.expect("the pool is there");
        } else {
            self.free.set(self.free.get() - 1);
        }
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
