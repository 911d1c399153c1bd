//! Wrong: a connection that is idle for 5 s is closed. Caught by: stays_open

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: Rc<RefCell<Vec<(Instant, Connection)>>>,
}

const LONG: Duration = Duration::from_secs(5);

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let places = Semaphore::new(max);
        let idle = Rc::default();
        Self { server, places, idle }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some((_, connection)) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.idle.borrow_mut().push((Instant::now(), connection));
        let idle = Rc::clone(&self.idle);
        tokio::task::spawn_local(async move {
            sleep(LONG).await;
            idle.borrow_mut().retain(|(since, _)| since.elapsed() < LONG);
        });
        Ok(answer)
    }
}
