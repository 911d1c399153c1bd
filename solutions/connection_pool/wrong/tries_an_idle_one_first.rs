//! Wrong: an idle connection is tried with the question before it is asked for real. Caught by: asked_once

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
        let _place = self.places.acquire().await.expect("never closed");
        let mut idle = self.idle.borrow_mut().pop();
        if let Some(connection) = &mut idle {
            let is_alive = connection.ask(question).await.is_ok();
            if !is_alive {
                idle = None;
            }
        }
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }
}
