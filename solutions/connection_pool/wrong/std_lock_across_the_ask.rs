//! Wrong: a lock of the standard library is held across an await. Caught by: answered

use std::sync::Mutex;

use kit::server::{Answer, Connection, Question, Server, ServerError};

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
        let mut place = self.connection.lock().unwrap();
        let mut connection = match place.take() {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        *place = Some(connection);
        Ok(answer)
    }
}
