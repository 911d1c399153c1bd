//! Wrong: yields before it takes its place in the line, and tokio wakes those that yielded in one turn last one first. Caught by: in_line

use std::cell::RefCell;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

/// Asks a server for many callers, over a few connections.
pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
}

impl Pool {
    /// A pool that has at most `max` connections open or being opened at once.
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
        }
    }

    /// Asks the server, and returns its answer.
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        tokio::task::yield_now().await;
        // tokio's semaphore is fair, and passes over callers that were dropped. A caller
        // that holds a place has one connection, or none yet: there are at most `max`.
        let _place = self.places.acquire().await.expect("it is never closed");
        // In a statement of its own: the borrow must be over before the await.
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        // The connection is this caller's own. If the caller is dropped here, or if this is
        // an error, it is dropped as well: closed, and never used again.
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }
}
