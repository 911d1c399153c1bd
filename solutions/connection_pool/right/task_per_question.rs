//! Right: each question is a task that outlives its caller. So a connection is never left
//! halfway; the answer to a question whose caller is gone is read and thrown away.

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
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.expect("never closed");
        let (server, idle) = (self.server.clone(), Arc::clone(&self.idle));
        let asked = tokio::spawn(async move {
            let _place = place;
            let known = idle.lock().unwrap().pop();
            let mut connection = match known {
                Some(connection) => connection,
                None => server.connect().await?,
            };
            let answer = connection.ask(question).await?;
            idle.lock().unwrap().push(connection);
            Ok(answer)
        });
        match asked.await {
            Ok(answer) => answer,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}
