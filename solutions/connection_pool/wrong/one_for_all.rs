//! Wrong: there is one connection, however many are allowed. Caught by: places_used

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Mutex;

pub struct Pool {
    server: Server,
    connection: Mutex<Option<Connection>>,
}

impl Pool {
    pub fn new(server: Server, _max: usize) -> Self {
        let connection = Mutex::default();
        Self { server, connection }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let mut place = self.connection.lock().await;
        let mut connection = match place.take() {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        *place = Some(connection);
        Ok(answer)
    }
}
