//! Right: a question whose connection broke is asked three times in all.

use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::RefCell;
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
        let mut attempts = 0;
        loop {
            let idle = self.idle.borrow_mut().pop();
            let mut connection = match idle {
                Some(it) => it,
                None => self.server.connect().await?,
            };
            attempts += 1;
            match connection.ask(question).await {
                Ok(answer) => {
                    self.idle.borrow_mut().push(connection);
                    return Ok(answer);
                }
                Err(ServerError::Broken) if attempts < 3 => {}
                Err(error) => return Err(error),
            }
        }
    }
}
