//! Wrong: one task for all users dies of a panic, and takes every row and every waiting caller with it. Caught by: panic_contained

use std::cell::RefCell;
use std::collections::HashMap;

use futures::stream::{FuturesUnordered, StreamExt};
use kit::{Db, DbError, User, UserId};
use tokio::sync::{mpsc, oneshot};

type Answer = Result<User, DbError>;
type Question = (UserId, oneshot::Sender<Answer>);

pub struct UserCache {
    db: Db,
    actor: RefCell<Option<mpsc::UnboundedSender<Question>>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            actor: RefCell::default(),
        }
    }

    pub async fn get_user(&self, id: UserId) -> Answer {
        let (caller, answer) = oneshot::channel();
        self.send((id, caller));
        answer.await.unwrap_or(Err(DbError::Unavailable))
    }

    fn send(&self, question: Question) {
        let mut actor = self.actor.borrow_mut();
        let question = match actor.as_ref() {
            Some(actor) => match actor.send(question) {
                Ok(()) => return,
                Err(mpsc::error::SendError(question)) => question,
            },
            None => question,
        };
        let (new, inbox) = mpsc::unbounded_channel();
        let _ = new.send(question);
        tokio::spawn(serve(self.db.clone(), inbox));
        *actor = Some(new);
    }
}

async fn serve(db: Db, mut inbox: mpsc::UnboundedReceiver<Question>) {
    let mut users = HashMap::<UserId, User>::new();
    let mut waiting = HashMap::<UserId, Vec<oneshot::Sender<Answer>>>::new();
    let mut fetches = FuturesUnordered::new();
    loop {
        tokio::select! {
            question = inbox.recv() => {
                let Some((id, caller)) = question else { return };
                if let Some(user) = users.get(&id) {
                    let _ = caller.send(Ok(user.clone()));
                    continue;
                }
                let callers = waiting.entry(id).or_default();
                if callers.is_empty() {
                    let db = db.clone();
                    fetches.push(async move { (id, db.fetch_user(id).await) });
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
