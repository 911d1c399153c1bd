//! Right: every fetch is a task of a runtime that the whole program shares, on threads of its own.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use kit::{Db, DbError, User, UserId};
use tokio::runtime::{Builder, Runtime};

static ELSEWHERE: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).build().expect("threads")
});

type Fetch = Shared<BoxFuture<'static, Result<User, DbError>>>;

pub struct UserCache {
    db: Db,
    users: Arc<Mutex<HashMap<UserId, Fetch>>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let users = Arc::default();
        Self { db, users }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let fetch = self.users.lock().unwrap().get(&id).cloned();
        let fetch = fetch.unwrap_or_else(|| self.begin(id));
        fetch.await
    }

    fn begin(&self, id: UserId) -> Fetch {
        let (db, users) = (self.db.clone(), Arc::clone(&self.users));
        let mut map = self.users.lock().unwrap();
        let task = ELSEWHERE.spawn(async move {
            let fetched = ELSEWHERE.spawn(async move { db.fetch_user(id).await });
            let answer = fetched.await.unwrap_or(Err(DbError::Unavailable));
            if answer.is_err() {
                users.lock().unwrap().remove(&id);
            }
            answer
        });
        let fetch = async { task.await.unwrap_or(Err(DbError::Unavailable)) };
        let fetch = fetch.boxed().shared();
        map.insert(id, fetch.clone());
        fetch
    }
}
