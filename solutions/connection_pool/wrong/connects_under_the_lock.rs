//! Wrong: the list of idle connections is locked while one is opened. Caught by: places_used

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{Mutex, Semaphore};

pub struct Pool {
    server: Server,
    places: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let places = Semaphore::new(max);
        let idle = Mutex::default();
        Self { server, places, idle }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let mut connection = {
            let mut idle = self.idle.lock().await;
            match idle.pop() {
                Some(connection) => connection,
                None => self.server.connect().await?,
            }
        };
        let answer = connection.ask(question).await?;
        self.idle.lock().await.push(connection);
        Ok(answer)
    }
}
