//! Right: sixty helper threads that end with the cache, and a panic if one cannot be started.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use futures::future::join_all;
use kit::{Db, DbError, User, UserId};
use tokio::time::Instant;

const HELPERS: usize = 60;

pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    // They wait for work that may come one day, and end when this is dropped.
    _work: mpsc::Sender<Box<dyn FnOnce() + Send>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let (work, jobs) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..HELPERS {
            let jobs = Arc::clone(&jobs);
            let help = move || {
                loop {
                    let job = jobs.lock().unwrap().recv();
                    match job {
                        Ok(job) => job(),
                        Err(_) => return,
                    }
                }
            };
            let started = thread::Builder::new().stack_size(64 << 10).spawn(help);
            started.expect("a thread can be started");
        }
        let users = RefCell::default();
        Self {
            db,
            users,
            _work: work,
        }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        self.users.borrow_mut().insert(id, user.clone());
        Ok(user)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Stampede {
    pub fetches: u64,
    pub elapsed: Duration,
}

pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let begun_before = db.fetches();
    let start = Instant::now();
    let cache = UserCache::new(db.clone());
    join_all((0..requests).map(|_| cache.get_user(id))).await;
    Stampede {
        fetches: db.fetches() - begun_before,
        elapsed: start.elapsed(),
    }
}
