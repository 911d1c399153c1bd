//! One connection for three pages: the second one is closed before its answer comes.

use std::time::Duration;

use kit::server::{Connection, Question, Server};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::one_loop::{run, say};

// ANCHOR: listing
async fn page_of(user: u64, connection: &Mutex<Connection>) {
    let mut connection = connection.lock().await;
    let answer = connection.ask(Question(user)).await;
    let shown = answer.expect("the server is well").0;
    say(format!("the page of user {user} shows the chats of user {shown}"));
}
// ANCHOR_END: listing

/// The server takes 100 ms for each answer. User 2 closes the page after 50.
pub fn main() {
    run(async {
        let server = Server::simulated(Duration::from_millis(100));
        let connection = Mutex::new(server.connect().await.expect("it accepts all"));
        page_of(1, &connection).await;
        let closed = timeout(Duration::from_millis(50), page_of(2, &connection)).await;
        if closed.is_err() {
            say("user 2 has closed the page");
        }
        page_of(3, &connection).await;
        page_of(1, &connection).await;
    });
}
