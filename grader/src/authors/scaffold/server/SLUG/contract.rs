//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::server::{Answer, Question, ServerError};
use kit::supervised::Supply;
use submission::Pool;
use worker::{Call, CallFuture, Subject, run, told};

struct Source(Rc<Pool>);

impl Subject for Source {
    fn call(&self, call: Call<'_>, supply: &Supply) -> CallFuture {
        let (pool, supply) = (Rc::clone(&self.0), supply.clone());
        let question = Question(call.arguments.id(0));
        Box::pin(async move {
            // Callers are in line from when `ask` is first polled.
            supply.polled();
            told::<Answer, ServerError>(pool.ask(question).await)
        })
    }
}

fn main() -> ExitCode {
    run(|supply, made| {
        let pool = Pool::new(supply.server(), made.count(0));
        Box::new(Source(Rc::new(pool)))
    })
}
