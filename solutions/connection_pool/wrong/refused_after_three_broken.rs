//! Wrong: after three connections in a row broke, the caller is told that the server refused. Caught by: own_answer

#![allow(unused)]
use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<VecDeque<(u32, Instant, Connection)>>,
    n: Cell<u32>,
}
impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
            n: Cell::new(0),
        }
    }
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        for _ in 0..3 {
            match self.once(question).await {
                Err(ServerError::Broken) => {}
                other => return other,
            }
        }
        Err(ServerError::Refused)
    }
    async fn once(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("open");
        let idle = self.idle.borrow_mut().pop_back();
        let (used, mut c) = match idle {
            Some((n, _, c)) => (n, c),
            None => (0, self.server.connect().await?),
        };
        let a = c.ask(question).await?;
        self.idle
            .borrow_mut()
            .push_back((used + 1, Instant::now(), c));
        Ok(a)
    }
}
