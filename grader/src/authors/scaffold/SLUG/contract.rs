//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use submission::UserCache;
use protocol::Call;
use worker::{Act, Subject, no_such_call, run, user_value};

struct Cache(Rc<UserCache>);

impl Subject for Cache {
    fn call(&self, call: &Call, _: &dyn Fn() -> Db) -> worker::CallFuture {
        match *call {
            Call::GetUser { user } => {
                let cache = Rc::clone(&self.0);
                Box::pin(async move {
                    let answer: Result<User, DbError> = cache.get_user(UserId(user)).await;
                    user_value(answer)
                })
            }
            _ => no_such_call(),
        }
    }
}

fn main() -> ExitCode {
    run(&Act {
        new_subject: |opening| Box::new(Cache(Rc::new(UserCache::new(opening.db)))),
    })
}
