//! Wrong: an actor that awaits the fetch before it reads the next question. Caught by: users_independent

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
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
        answer.await.expect("the fetch panicked")
    }
}

async fn serve(db: Db, mut inbox: mpsc::UnboundedReceiver<Question>) {
    let mut users = HashMap::<UserId, User>::new();
    while let Some(Question { id, caller }) = inbox.recv().await {
        if let Some(user) = users.get(&id) {
            let _ = caller.send(Ok(user.clone()));
            continue;
        }
        if caller.is_closed() {
            continue;
        }
        // A panic must not end the actor.
        let fetch = AssertUnwindSafe(db.fetch_user(id)).catch_unwind();
        let Ok(answer) = fetch.await else { continue };
        users.extend(answer.clone().map(|user| (id, user)));
        let _ = caller.send(answer);
    }
}
