//! Wrong: a refusal is remembered, and told to all who come later. Caught by: own_answer

use std::cell::RefCell;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{OnceCell, Semaphore};

pub struct Pool {
    server: Server,
    places: Semaphore,
    is_there: OnceCell<Result<(), ServerError>>,
    idle: RefCell<Vec<Connection>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            is_there: OnceCell::new(),
            idle: RefCell::default(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match (idle, self.is_there.get()) {
            (Some(connection), _) => connection,
            (None, Some(Err(error))) => return Err(error.clone()),
            (None, _) => {
                let connected = self.server.connect().await;
                let is_there = connected.as_ref().map(drop).map_err(Clone::clone);
                let _ = self.is_there.set(is_there);
                connected?
            }
        };
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }
}
