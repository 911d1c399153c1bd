//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::future::poll_fn;
use std::process::ExitCode;
use std::task::Poll;

use kit::supervised::Supply;
use submission::fold;
use worker::protocol::{Ending, Value};
use worker::{Call, CallFuture, Subject, run, seen};

struct Folds;

impl Subject for Folds {
    fn call(&self, call: Call<'_>, supply: &Supply) -> CallFuture {
        let [first, second] = [0, 1].map(|place| call.arguments.id(place));
        let supply = supply.clone();
        match call.entry {
            "neighbour" => Box::pin(neighbour(first, supply)),
            _ => Box::pin(async move { Ending::Ok(seen::<u64>(fold(first, second).await)) }),
        }
    }
}

/// Wakes itself whenever it has its turn, so many times.
async fn neighbour(mut turns: u64, supply: Supply) -> Ending {
    poll_fn(|context| {
        supply.polled();
        if turns == 0 {
            return Poll::Ready(());
        }
        turns -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    Ending::Ok(Value::Nothing)
}

fn main() -> ExitCode {
    run(|_, _| Box::new(Folds))
}
