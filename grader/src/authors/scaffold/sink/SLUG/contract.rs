//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::sink::{Event, Key, SinkError};
use kit::supervised::Supply;
use submission::Processor;
use worker::{Call, CallFuture, Subject, run, told};

struct Source(Rc<Processor>);

impl Subject for Source {
    fn call(&self, call: Call<'_>, supply: &Supply) -> CallFuture {
        let (processor, supply) = (Rc::clone(&self.0), supply.clone());
        let key = Key(call.arguments.id(0));
        let number = call.arguments.id(1);
        Box::pin(async move {
            // The order of events is the order in which `handle` is first polled.
            supply.polled();
            told::<(), SinkError>(processor.handle(Event { key, number }).await)
        })
    }
}

fn main() -> ExitCode {
    run(|supply, made| {
        let processor = Processor::new(supply.sink(), made.count(0));
        Box::new(Source(Rc::new(processor)))
    })
}
