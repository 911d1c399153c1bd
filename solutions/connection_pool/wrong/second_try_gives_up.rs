//! Wrong: the second try gives up after half a minute. Caught by: own_answer

use std::sync::{Arc, Mutex};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub struct Pool {
    server: Server,
    places: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

struct Lent {
    connection: Option<Connection>,
    is_clean: bool,
    idle: Arc<Mutex<Vec<Connection>>>,
    // Dropped last: the connection is back, or closed, before the place is free.
    _place: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let connection = self.connection.take();
        if let (Some(connection), true) = (connection, self.is_clean) {
            self.idle.lock().unwrap().push(connection);
        }
    }
}

impl Lent {
    async fn ask(&mut self, question: Question) -> Result<Answer, ServerError> {
        let connection = self.connection.as_mut().expect("it is ours");
        self.is_clean = false;
        let answer = connection.ask(question).await?;
        self.is_clean = true;
        Ok(answer)
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Arc::new(Semaphore::new(max)),
            idle: Arc::default(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let mut lent = Lent {
            connection: self.idle.lock().unwrap().pop(),
            is_clean: true,
            idle: Arc::clone(&self.idle),
            _place: place.expect("never closed"),
        };
        if lent.connection.is_some() {
            match lent.ask(question).await {
                Err(ServerError::Broken) => lent.connection = None,
                answer => return answer,
            }
        }
        let connect =
            tokio::time::timeout(std::time::Duration::from_secs(30), self.server.connect());
        lent.connection = Some(connect.await.unwrap_or(Err(ServerError::Refused))?);
        lent.ask(question).await
    }
}
