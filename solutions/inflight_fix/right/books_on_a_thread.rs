//! Right: a thread of its own keeps the books and says which request fetches, which ones wait, and which ones have a row.

use std::collections::HashMap;
use std::sync::mpsc;
use std::thread;

use kit::{Db, DbError, User, UserId};
use tokio::sync::oneshot;

enum Asked {
    /// May I have the row?
    Get(UserId, oneshot::Sender<Told>),
    /// What the one who was to fetch has got; nothing if it was dropped.
    Fetched(UserId, Option<Result<User, DbError>>),
}

enum Told {
    /// The row, or why there is none.
    Answer(Result<User, DbError>),
    /// Nobody fetches: you do.
    Fetch,
}

pub struct UserCache {
    db: Db,
    books: mpsc::Sender<Asked>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let (books, asked) = mpsc::channel();
        thread::spawn(move || keep(asked));
        Self { db, books }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let (tell, told) = oneshot::channel();
        // Before it is known who fetches, so that a caller dropped in between gives it back.
        let mut fetching = Fetching {
            books: &self.books,
            id,
            told,
            outcome: None,
        };
        let _ = self.books.send(Asked::Get(id, tell));
        match (&mut fetching.told).await {
            Ok(Told::Answer(answer)) => answer,
            Ok(Told::Fetch) => {
                fetching.outcome = Some(None);
                let answer = self.db.fetch_user(id).await;
                fetching.outcome = Some(Some(answer.clone()));
                answer
            }
            Err(_) => Err(DbError::Unavailable),
        }
    }
}

struct Fetching<'a> {
    books: &'a mpsc::Sender<Asked>,
    id: UserId,
    told: oneshot::Receiver<Told>,
    outcome: Option<Option<Result<User, DbError>>>,
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        self.told.close();
        let was_told_to = matches!(self.told.try_recv(), Ok(Told::Fetch));
        let outcome = self.outcome.take().or(was_told_to.then_some(None));
        if let Some(outcome) = outcome {
            let _ = self.books.send(Asked::Fetched(self.id, outcome));
        }
    }
}

fn keep(asked: mpsc::Receiver<Asked>) {
    let mut rows: HashMap<UserId, User> = HashMap::new();
    let mut waiting: HashMap<UserId, Vec<oneshot::Sender<Told>>> = HashMap::new();
    for asked in asked {
        match asked {
            Asked::Get(id, tell) => {
                if let Some(row) = rows.get(&id) {
                    let _ = tell.send(Told::Answer(Ok(row.clone())));
                } else if let Some(others) = waiting.get_mut(&id) {
                    others.push(tell);
                } else if tell.send(Told::Fetch).is_ok() {
                    waiting.insert(id, Vec::new());
                }
            }
            Asked::Fetched(id, outcome) => {
                let mut others = waiting.remove(&id).unwrap_or_default().into_iter();
                match outcome {
                    Some(answer) => {
                        if let Ok(row) = &answer {
                            rows.insert(id, row.clone());
                        }
                        for other in others {
                            let _ = other.send(Told::Answer(answer.clone()));
                        }
                    }
                    // The next one that is still there fetches.
                    None => {
                        if others.any(|other| other.send(Told::Fetch).is_ok()) {
                            waiting.insert(id, others.collect());
                        }
                    }
                }
            }
        }
    }
}
