//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use submission::UserCache;
use worker::protocol::Call;
use worker::{Act, Subject, no_such_call, run, user_value};

fn new_cache(db: Db) -> UserCache {
    UserCache::new(db)
}

async fn get_user(cache: Rc<UserCache>, id: UserId) -> Result<User, DbError> {
    cache.get_user(id).await
}

struct Cache(Rc<UserCache>);

impl Subject for Cache {
    fn call(&self, call: &Call, _: &dyn Fn() -> Db) -> worker::CallFuture {
        match *call {
            Call::GetUser { user } => {
                let cache = Rc::clone(&self.0);
                Box::pin(async move { user_value(get_user(cache, UserId(user)).await) })
            }
            _ => no_such_call(),
        }
    }
}

fn main() -> std::io::Result<()> {
    run(&Act {
        new_subject: |opening| Box::new(Cache(Rc::new(new_cache(opening.db)))),
    })
}
