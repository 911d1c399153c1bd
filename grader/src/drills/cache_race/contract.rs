//! What drill `cache_race` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use kit::{Db, DbError, User, UserId};
use submission::{Stampede, UserCache, stampede};
use protocol::{Call, Value};
use worker::{Act, Subject, no_such_call, run, user_value};

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
                Box::pin(async move {
                    let answer: Result<User, DbError> = cache.get_user(UserId(user)).await;
                    user_value(answer)
                })
            }
            Call::Stampede { user, requests } => {
                Box::pin(send_stampede(db(), UserId(user), requests))
            }
            #[allow(unreachable_patterns)]
            _ => no_such_call(),
        }
    }
}

fn main() -> ExitCode {
    run(&Act {
        new_subject: |opening| Box::new(Cache(Rc::new(UserCache::new(opening.db)))),
    })
}
