//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::bulk::{BulkError, Item, ItemId};
use kit::supervised::Supply;
use submission::Loader;
use worker::{Call, CallFuture, Subject, run, told};

struct Reader(Rc<Loader>);

impl Subject for Reader {
    fn call(&self, call: Call<'_>, supply: &Supply) -> CallFuture {
        let (loader, supply) = (Rc::clone(&self.0), supply.clone());
        let id = ItemId(call.arguments.id(0));
        Box::pin(async move {
            // A call that went out before `load` is first polled cannot be for it.
            supply.polled();
            told::<Option<Item>, BulkError>(loader.load(id).await)
        })
    }
}

fn main() -> ExitCode {
    run(|supply, made| {
        let loader = Loader::new(supply.bulk(), made.count(0));
        Box::new(Reader(Rc::new(loader)))
    })
}
