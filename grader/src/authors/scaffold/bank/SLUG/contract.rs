//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::bank::{AccountId, BankError};
use kit::supervised::Supply;
use submission::Accounts;
use worker::{Call, CallFuture, Subject, run, told};

struct Teller(Rc<Accounts>);

impl Subject for Teller {
    fn call(&self, call: Call<'_>, _: &Supply) -> CallFuture {
        let (accounts, account) = (Rc::clone(&self.0), AccountId(call.arguments.id(0)));
        let amount = call.arguments.number(1);
        Box::pin(async move { told::<i64, BankError>(accounts.deposit(account, amount).await) })
    }
}

fn main() -> ExitCode {
    run(|supply, _| Box::new(Teller(Rc::new(Accounts::new(supply.bank())))))
}
