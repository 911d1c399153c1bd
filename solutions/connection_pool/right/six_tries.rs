//! Right: tries up to six times, each time at the end of the line.

use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::RefCell;
use std::collections::VecDeque;
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<VecDeque<Connection>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
        }
    }

    async fn once(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.unwrap();
        let idle = self.idle.borrow_mut().pop_front();
        let mut c = match idle {
            Some(c) => c,
            None => match self.server.connect().await {
                Ok(c) => c,
                Err(_) => self.server.connect().await?,
            },
        };
        let a = c.ask(question).await?;
        self.idle.borrow_mut().push_back(c);
        Ok(a)
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        for _ in 0..5 {
            match self.once(question).await {
                Err(ServerError::Broken) => {}
                other => return other,
            }
        }
        self.once(question).await
    }
}
