//! Drill `connection_pool`: one question at a time on each connection, a few at most.

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Mutex;

/// Asks a server for many callers. As it is, over one connection, which it always keeps.
pub struct Pool {
    server: Server,
    // To do: there may be several. Which are idle, and how many are open or being opened?
    connection: Mutex<Option<Connection>>,
}

impl Pool {
    /// A pool that has at most `max` connections open or being opened at once.
    pub fn new(server: Server, max: usize) -> Self {
        let _ = max;
        let connection = Mutex::default();
        Self { server, connection }
    }

    /// Asks the server, and returns its answer.
    ///
    /// - Each caller gets the answer to its own question, or an error that the server gave.
    /// - Callers are served in the order in which `ask` was first polled. While any wait,
    ///   all `max` places are used; an ask or a connect that outlives its caller counts.
    /// - An idle connection is used before a new one is opened, and a connection whose last
    ///   ask was answered stays open until the pool is dropped.
    /// - A connection that broke or was left halfway is never used again. Its place is free
    ///   as soon as it is dropped.
    /// - Any caller may be dropped at any moment: the later ones go on.
    /// - After [`ServerError::Broken`] you may ask again on another connection, or hand the
    ///   error on. A question that was answered is not asked again.
    /// - Waiting costs nothing: a waiting caller is woken when it is its turn.
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let mut place = self.connection.lock().await;
        if place.is_none() {
            *place = Some(self.server.connect().await?);
        }
        let connection = place.as_mut().expect("it was just opened");
        // To do: which connection is it that the next caller finds, if this one is dropped here?
        connection.ask(question).await
    }
}
