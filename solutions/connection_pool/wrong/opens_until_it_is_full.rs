//! Wrong: new connections are opened until there are `max`; only then are the idle ones used. Caught by: idle_first

use std::cell::{Cell, RefCell};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    max: usize,
    open: Cell<usize>,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
}

struct Counted<'a>(&'a Cell<usize>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            max,
            open: Cell::new(0),
            places: Semaphore::new(max),
            idle: RefCell::default(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let is_full = self.open.get() == self.max;
        let idle = if is_full { self.idle.borrow_mut().pop() } else { None };
        self.open.set(self.open.get() + usize::from(idle.is_none()));
        let counted = Counted(&self.open);
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        std::mem::forget(counted);
        Ok(answer)
    }
}
