//! Wrong: a fetch that panics takes the actor with it, and with the actor the whole cache. Caught by: panic_contained

use std::collections::HashMap;

use futures::stream::{FuturesUnordered, StreamExt};
use kit::{Db, DbError, User, UserId};
use tokio::sync::{mpsc, oneshot};

type Answer = Result<User, DbError>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    questions: mpsc::UnboundedSender<Question>,
}

struct Question {
    id: UserId,
    caller: oneshot::Sender<Answer>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let (questions, inbox) = mpsc::unbounded_channel();
        tokio::spawn(serve(db, inbox));
        Self { questions }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        let (caller, answer) = oneshot::channel();
        let question = Question { id, caller };
        self.questions.send(question).expect("the actor lives on");
        answer.await.expect("the actor answers")
    }
}

async fn serve(db: Db, mut inbox: mpsc::UnboundedReceiver<Question>) {
    let mut users = HashMap::<UserId, User>::new();
    let mut waiting = HashMap::<UserId, Vec<oneshot::Sender<Answer>>>::new();
    let mut fetches = FuturesUnordered::new();
    loop {
        tokio::select! {
            question = inbox.recv() => {
                let Some(Question { id, caller }) = question else { return };
                if let Some(user) = users.get(&id) {
                    let _ = caller.send(Ok(user.clone()));
                    continue;
                }
                let callers = waiting.entry(id).or_default();
                if callers.is_empty() {
                    fetches.push(fetch(db.clone(), id));
                }
                callers.push(caller);
            }
            Some((id, answer)) = fetches.next() => {
                let callers = waiting.remove(&id).unwrap_or_default();
                users.extend(answer.clone().map(|user| (id, user)));
                for caller in callers {
                    let _ = caller.send(answer.clone());
                }
            }
        }
    }
}

async fn fetch(db: Db, id: UserId) -> (UserId, Answer) {
    (id, db.fetch_user(id).await)
}
