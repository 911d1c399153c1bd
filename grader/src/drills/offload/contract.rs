//! What drill `offload` calls in a submission. The crate must offer exactly this.

use std::rc::Rc;

use kit::HashError;
use submission::PasswordService;
use worker::protocol::Call;
use worker::{Act, Subject, hash_value, no_such_call, run};

fn new_service(max_parallel: usize) -> PasswordService {
    PasswordService::new(max_parallel)
}

async fn hash(service: Rc<PasswordService>, password: String) -> Result<String, HashError> {
    service.hash(password).await
}

struct Service(Rc<PasswordService>);

impl Subject for Service {
    fn call(&self, call: &Call, _: &dyn Fn() -> kit::Db) -> worker::CallFuture {
        match call {
            Call::Hash { password } => {
                let (service, password) = (Rc::clone(&self.0), password.clone());
                Box::pin(async move { hash_value(hash(service, password).await) })
            }
            _ => no_such_call(),
        }
    }
}

fn main() -> std::io::Result<()> {
    run(&Act {
        new_subject: |opening| Box::new(Service(Rc::new(new_service(opening.max_parallel)))),
    })
}
