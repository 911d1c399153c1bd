//! Wrong: those who may go at once begin in the order of a map. Caught by: in_line

use std::collections::{HashMap, VecDeque};

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{mpsc, oneshot};

type Reply = oneshot::Sender<Result<Answer, ServerError>>;

enum Message {
    Asked(Question, Reply),
    Back(Option<Connection>),
}

pub struct Pool {
    messages: mpsc::UnboundedSender<Message>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let (messages, inbox) = mpsc::unbounded_channel();
        let back = messages.downgrade();
        tokio::task::spawn_local(dispatch(server, max, inbox, back));
        Self { messages }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let (reply, answer) = oneshot::channel();
        let _ = self.messages.send(Message::Asked(question, reply));
        answer.await.unwrap_or(Err(ServerError::Broken))
    }
}

async fn dispatch(
    server: Server,
    max: usize,
    mut inbox: mpsc::UnboundedReceiver<Message>,
    back: mpsc::WeakUnboundedSender<Message>,
) {
    let (mut free, mut idle, mut line) = (max, Vec::new(), VecDeque::new());
    while let Some(first) = inbox.recv().await {
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Asked(question, reply) => line.push_back((question, reply)),
                Message::Back(connection) => {
                    free += 1;
                    idle.extend(connection);
                }
            }
            next = inbox.try_recv().ok();
        }
        let mut go = HashMap::new();
        while go.len() < free
            && let Some((question, reply)) = line.pop_front()
        {
            if !reply.is_closed() {
                go.insert(go.len(), (question, reply, idle.pop()));
            }
        }
        free -= go.len();
        for (question, reply, connection) in go.into_values() {
            let place = Place {
                back: back.clone(),
                connection: None,
            };
            let asked = serve(server.clone(), question, connection, place, reply);
            tokio::task::spawn_local(asked);
        }
    }
}

async fn serve(
    server: Server,
    question: Question,
    connection: Option<Connection>,
    mut place: Place,
    reply: Reply,
) {
    let asked = async {
        let mut connection = match connection {
            Some(connection) => connection,
            None => server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        place.connection = Some(connection);
        Ok(answer)
    };
    let answer = asked.await;
    drop(place);
    let _ = reply.send(answer);
}

/// Goes back to the dispatcher, whatever happens.
struct Place {
    back: mpsc::WeakUnboundedSender<Message>,
    connection: Option<Connection>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(back) = self.back.upgrade() {
            let _ = back.send(Message::Back(self.connection.take()));
        }
    }
}
