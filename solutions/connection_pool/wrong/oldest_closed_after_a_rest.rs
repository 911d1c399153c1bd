//! Wrong: after ten quiet minutes the oldest idle connection is closed. Caught by: stays_open

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;
use tokio::time::Instant;

const QUIET: Duration = Duration::from_secs(10 * 60);

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<VecDeque<Connection>>,
    last_answer: Cell<Instant>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
            last_answer: Cell::new(Instant::now()),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        self.tidy_up();
        let idle = self.idle.borrow_mut().pop_back();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push_back(connection);
        self.last_answer.set(Instant::now());
        Ok(answer)
    }

    /// One is enough to begin with when little is going on.
    fn tidy_up(&self) {
        let mut idle = self.idle.borrow_mut();
        if self.last_answer.get().elapsed() > QUIET && idle.len() > 1 {
            idle.pop_front();
        }
    }
}
