//! Right: sixty helper threads that end with the cache, and a panic if one cannot be started.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

const HELPERS: usize = 60;

pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, Rc<OnceCell<User>>>>,
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
        let cell = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let users = &self.users;
        let waiting = Waiting { users, id, cell };
        let fetch = || self.db.fetch_user(id);
        waiting.cell.get_or_try_init(fetch).await.cloned()
    }
}

struct Waiting<'a> {
    users: &'a RefCell<HashMap<UserId, Rc<OnceCell<User>>>>,
    id: UserId,
    cell: Rc<OnceCell<User>>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.cell.initialized() && Rc::strong_count(&self.cell) == 2 {
            self.users.borrow_mut().remove(&self.id);
        }
    }
}
