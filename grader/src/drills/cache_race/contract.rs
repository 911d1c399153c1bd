//! What drill `cache_race` calls in a submission. The crate must offer exactly this.

use std::rc::Rc;
use std::time::Duration;

use kit::{Db, DbError, User, UserId};
use submission::{Stampede, UserCache, stampede};
use worker::protocol::{Call, Value};
use worker::{Act, Subject, no_such_call, run, user_value};

fn new_cache(db: Db) -> UserCache {
    UserCache::new(db)
}

async fn get_user(cache: Rc<UserCache>, id: UserId) -> Result<User, DbError> {
    cache.get_user(id).await
}

async fn send_stampede(db: Db, id: UserId, requests: usize) -> Value {
    let report: Stampede = stampede(db, id, requests).await;
    let fetches: u64 = report.fetches;
    let elapsed: Duration = report.elapsed;
    let elapsed_nanos = elapsed.as_nanos() as u64;
    Value::Stampede {
        fetches,
        elapsed_nanos,
    }
}

struct Cache(Rc<UserCache>);

impl Subject for Cache {
    fn call(&self, call: &Call, db: &dyn Fn() -> Db) -> worker::CallFuture {
        match *call {
            Call::GetUser { user } => {
                let cache = Rc::clone(&self.0);
                Box::pin(async move { user_value(get_user(cache, UserId(user)).await) })
            }
            Call::Stampede { user, requests } => {
                Box::pin(send_stampede(db(), UserId(user), requests))
            }
            #[allow(unreachable_patterns)]
            _ => no_such_call(),
        }
    }
}

fn main() -> std::io::Result<()> {
    run(&Act {
        new_subject: |opening| Box::new(Cache(Rc::new(new_cache(opening.db)))),
    })
}
