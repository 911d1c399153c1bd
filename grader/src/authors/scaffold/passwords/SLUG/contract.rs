//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::HashError;
use kit::supervised::Supply;
use submission::PasswordService;
use worker::{Call, CallFuture, Subject, run, told};

struct Service(Rc<PasswordService>);

impl Subject for Service {
    fn call(&self, call: Call<'_>, _: &Supply) -> CallFuture {
        let (service, password) = (Rc::clone(&self.0), call.arguments.text(0).to_owned());
        Box::pin(async move { told::<String, HashError>(service.hash(password).await) })
    }
}

fn main() -> ExitCode {
    run(|_, made| Box::new(Service(Rc::new(PasswordService::new(made.count(0))))))
}
