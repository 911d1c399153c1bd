//! Wrong: nothing bounds how many connections there are. Caught by: limit

use std::cell::RefCell;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let places = Semaphore::new(max);
        let idle = RefCell::default();
        Self { server, places, idle }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _ = &self.places;
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
