//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::process::ExitCode;
use std::rc::Rc;

use kit::audit::TransferError;
use kit::bank::AccountId;
use kit::supervised::Supply;
use submission::Accounts;
use worker::protocol::Value;
use worker::{Arguments, Call, CallFuture, Subject, run, seen, told};

struct Teller(Rc<Accounts>);

impl Subject for Teller {
    fn call(&self, call: Call<'_>, _: &Supply) -> CallFuture {
        let accounts = Rc::clone(&self.0);
        let [from, to] = [0, 1].map(|place| AccountId(call.arguments.id(place)));
        let amount = call.arguments.number(2);
        Box::pin(
            async move { told::<(), TransferError>(accounts.transfer(from, to, amount).await) },
        )
    }

    fn look(&self, look: Call<'_>) -> Value {
        let ids = 0..look.arguments.0.len();
        let balance = |place| {
            let account = AccountId(look.arguments.id(place));
            seen::<Option<i64>>(self.0.balance(account))
        };
        let mut values: Vec<Value> = ids.map(balance).collect();
        values.push(seen::<i64>(self.0.total()));
        Value::List(values)
    }
}

fn opening(arguments: Arguments<'_>) -> Vec<(AccountId, i64)> {
    let accounts = arguments.list(0).iter();
    let accounts = accounts.map(|account| {
        let account = Arguments(account.list());
        (AccountId(account.id(0)), account.number(1))
    });
    accounts.collect()
}

fn main() -> ExitCode {
    run(|supply, arguments| {
        let accounts = Accounts::new(supply.audit(), opening(arguments));
        Box::new(Teller(Rc::new(accounts)))
    })
}
