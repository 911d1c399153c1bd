//! Wrong: each question gets a new connection, which is closed when it is answered. Caught by: stays_open

use kit::server::{Answer, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    places: Semaphore,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let places = Semaphore::new(max);
        Self { server, places }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        self.server.connect().await?.ask(question).await
    }
}
