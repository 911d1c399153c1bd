//! Wrong: after `Broken` it asks on another idle connection, and a caller that is dropped there puts it back. Caught by: left_halfway

use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::RefCell;
use tokio::sync::Semaphore;
pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
}
struct Visit<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
    healthy: bool,
    broken: bool,
}
impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if self.healthy || self.broken {
            self.pool.idle.borrow_mut().extend(self.connection.take());
        }
    }
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
        let place = self.places.acquire().await.unwrap();
        let idle = self.idle.borrow_mut().pop();
        let mut visit = Visit {
            pool: self,
            connection: idle,
            healthy: false,
            broken: false,
        };
        if visit.connection.is_none() {
            visit.connection = Some(self.server.connect().await?);
        }
        let mut answer = visit.connection.as_mut().unwrap().ask(question).await;
        if answer.is_err() {
            visit.connection = self.idle.borrow_mut().pop();
            visit.broken = true;
            if let Some(c) = visit.connection.as_mut() {
                answer = c.ask(question).await;
                if answer.is_err() {
                    visit.broken = false;
                }
            }
        }
        visit.healthy = answer.is_ok();
        drop(visit);
        drop(place);
        answer
    }
}
