//! Right: `max` slots go round in a channel, each with a connection or without. Who takes
//! one puts it back when it is dropped.

use std::sync::Arc;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{Mutex, mpsc};

pub struct Pool {
    server: Server,
    give_back: mpsc::UnboundedSender<Option<Connection>>,
    slots: Arc<Mutex<mpsc::UnboundedReceiver<Option<Connection>>>>,
    idle: Arc<std::sync::Mutex<Vec<Connection>>>,
}

/// A slot on its way. It goes back empty, whatever happens.
struct Slot(mpsc::UnboundedSender<Option<Connection>>);

impl Drop for Slot {
    fn drop(&mut self) {
        let _ = self.0.send(None);
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let (give_back, slots) = mpsc::unbounded_channel();
        for _ in 0..max {
            let _ = give_back.send(None);
        }
        let slots = Arc::new(Mutex::new(slots));
        let idle = Arc::default();
        Self { server, give_back, slots, idle }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let taken = self.slots.lock().await.recv().await;
        taken.expect("the pool has the other end");
        let _slot = Slot(self.give_back.clone());
        let idle = self.idle.lock().unwrap().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await;
        if answer.is_ok() {
            self.idle.lock().unwrap().push(connection);
        }
        answer
    }
}
