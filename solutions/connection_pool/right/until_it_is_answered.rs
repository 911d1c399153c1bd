//! Right: keeps its place, and asks over one connection after another until none breaks.

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
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.unwrap();
        loop {
            let result = self.try_once(question).await;
            if result != Err(ServerError::Broken) {
                return result;
            }
        }
    }

    async fn try_once(&self, question: Question) -> Result<Answer, ServerError> {
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
