//! Wrong: an idle connection is tried with a question of the pool's own before it is used. Caught by: own_answer

use std::cell::RefCell;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

const PING: Question = Question(0);

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
        let _place = self.places.acquire().await.expect("never closed");
        let mut connection = self.healthy().await?;
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }

    async fn healthy(&self) -> Result<Connection, ServerError> {
        loop {
            let idle = self.idle.borrow_mut().pop();
            let Some(mut connection) = idle else {
                return self.server.connect().await;
            };
            if connection.ask(PING).await.is_ok() {
                return Ok(connection);
            }
        }
    }
}
