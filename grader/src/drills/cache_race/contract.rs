//! What drill `cache_race` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use kit::supervised::Supply;
use kit::{DbError, User, UserId};
use submission::{Stampede, UserCache, stampede};
use worker::protocol::{Ending, Value};
use worker::{Call, CallFuture, Subject, run, told};

fn report(stampede: Stampede) -> Ending {
    let (fetches, elapsed): (u64, Duration) = (stampede.fetches, stampede.elapsed);
    let nanos = elapsed.as_nanos() as u64;
    Ending::Ok(Value::List(vec![fetches.into(), nanos.into()]))
}

struct Cache(Rc<UserCache>);

impl Subject for Cache {
    fn call(&self, call: Call<'_>, supply: &Supply) -> CallFuture {
        let id = UserId(call.arguments.id(0));
        if call.entry == "stampede" {
            let db = supply.db_after(call.arguments.id(2));
            let requests = call.arguments.count(1);
            return Box::pin(async move { report(stampede(db, id, requests).await) });
        }
        let cache = Rc::clone(&self.0);
        Box::pin(async move { told::<User, DbError>(cache.get_user(id).await) })
    }
}

fn main() -> ExitCode {
    run(|supply, _| Box::new(Cache(Rc::new(UserCache::new(supply.db())))))
}
