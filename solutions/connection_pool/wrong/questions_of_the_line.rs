//! Wrong: a question is written down when it comes, and crossed out only once it has a place. Caught by: bounded_state

use std::cell::RefCell;
use std::collections::HashSet;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

/// Asks a server for many callers, over a few connections.
pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
    // What is waited for, to be shown in a dashboard.
    in_line: RefCell<HashSet<u64>>,
}

impl Pool {
    /// A pool that has at most `max` connections open or being opened at once.
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
            in_line: RefCell::default(),
        }
    }

    /// Asks the server, and returns its answer.
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        self.in_line.borrow_mut().insert(question.0);
        let place = self.places.acquire().await;
        // A caller that is dropped in line never comes here.
        self.in_line.borrow_mut().remove(&question.0);
        let _place = place.expect("it is never closed");
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
