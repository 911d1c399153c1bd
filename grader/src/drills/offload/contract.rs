//! What drill `offload` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::HashError;
use submission::PasswordService;
use protocol::Call;
use worker::{Act, Subject, hash_value, no_such_call, run};

struct Service(Rc<PasswordService>);

impl Subject for Service {
    fn call(&self, call: &Call, _: &dyn Fn() -> kit::Db) -> worker::CallFuture {
        match call {
            Call::Hash { password } => {
                let (service, password) = (Rc::clone(&self.0), password.clone());
                Box::pin(async move {
                    let answer: Result<String, HashError> = service.hash(password).await;
                    hash_value(answer)
                })
            }
            _ => no_such_call(),
        }
    }
}

fn main() -> ExitCode {
    run(&Act {
        new_subject: |opening| {
            Box::new(Service(Rc::new(PasswordService::new(opening.max_parallel))))
        },
    })
}
