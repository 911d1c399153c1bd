//! Wrong: the question is a task of its own, and its place stays with the caller. Caught by: limit

use std::sync::{Arc, Mutex};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;

pub struct Pool {
    server: Server,
    places: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let places = Arc::new(Semaphore::new(max));
        let idle = Arc::default();
        Self { server, places, idle }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let (server, idle) = (self.server.clone(), Arc::clone(&self.idle));
        let asked = tokio::spawn(async move {
            let known = idle.lock().unwrap().pop();
            let mut connection = match known {
                Some(connection) => connection,
                None => server.connect().await?,
            };
            let answer = connection.ask(question).await?;
            idle.lock().unwrap().push(connection);
            Ok(answer)
        });
        asked.await.expect("the ask panicked")
    }
}
