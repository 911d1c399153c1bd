//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::supervised::Supply;
use kit::{DbError, User, UserId};
use submission::UserCache;
use worker::{Call, CallFuture, Subject, run, told};

struct Cache(Rc<UserCache>);

impl Subject for Cache {
    fn call(&self, call: Call<'_>, _: &Supply) -> CallFuture {
        let (cache, id) = (Rc::clone(&self.0), UserId(call.arguments.id(0)));
        Box::pin(async move { told::<User, DbError>(cache.get_user(id).await) })
    }
}

fn main() -> ExitCode {
    run(|supply, _| Box::new(Cache(Rc::new(UserCache::new(supply.db())))))
}
