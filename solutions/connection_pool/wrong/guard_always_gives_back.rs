//! Wrong: a guard gives the connection back in its `Drop`, also when its caller was dropped in the middle of a question. Caught by: left_halfway

use std::cell::RefCell;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
}

struct Lent<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.pool.idle.borrow_mut().extend(self.connection.take());
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let places = Semaphore::new(max);
        let idle = RefCell::default();
        Self { server, places, idle }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let idle = self.idle.borrow_mut().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let mut lent = Lent { pool: self, connection: Some(connection) };
        let answer = lent.connection.as_mut().expect("it is there").ask(question).await;
        if answer.is_err() {
            lent.connection = None;
        }
        answer
    }
}
