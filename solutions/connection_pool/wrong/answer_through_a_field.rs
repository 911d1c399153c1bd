//! Wrong: answers pass through a field that the next one overwrites. Caught by: own_answer

use std::cell::RefCell;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: RefCell<Vec<Connection>>,
    last: RefCell<Option<Answer>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Semaphore::new(max),
            idle: RefCell::default(),
            last: RefCell::default(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        self.ask_on_a_connection(question).await?;
        yield_now().await;
        let answer = self.last.borrow().clone();
        Ok(answer.expect("it was just written"))
    }

    async fn ask_on_a_connection(&self, question: Question) -> Result<(), ServerError> {
        let _place = self.places.acquire().await.expect("it is never closed");
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push(connection);
        self.last.replace(Some(answer));
        Ok(())
    }
}
