//! Right: a task per account makes its deposits one after the other, and ends when none is left.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use futures::FutureExt;
use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_local;

struct Deposit {
    amount: i64,
    caller: oneshot::Sender<Result<i64, BankError>>,
}

type Inboxes = Rc<RefCell<HashMap<AccountId, mpsc::UnboundedSender<Deposit>>>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    inboxes: Inboxes,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let inboxes = Inboxes::default();
        Self { bank, inboxes }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let (caller, answer) = oneshot::channel();
        self.send(account, Deposit { amount, caller });
        answer.await.expect("the bank panicked")
    }

    fn send(&self, account: AccountId, deposit: Deposit) {
        let sent = match self.inboxes.borrow_mut().entry(account) {
            Entry::Occupied(inbox) => inbox.get().send(deposit),
            Entry::Vacant(place) => {
                let (inbox, deposits) = mpsc::unbounded_channel();
                let (bank, inboxes) = (self.bank.clone(), Rc::clone(&self.inboxes));
                spawn_local(serve(bank, account, deposits, inboxes));
                place.insert(inbox).send(deposit)
            }
        };
        assert!(sent.is_ok(), "a task leaves the map before it ends");
    }
}

async fn serve(
    bank: Bank,
    account: AccountId,
    mut deposits: mpsc::UnboundedReceiver<Deposit>,
    inboxes: Inboxes,
) {
    while let Ok(Deposit { amount, caller }) = deposits.try_recv() {
        let made = AssertUnwindSafe(make(&bank, account, amount)).catch_unwind();
        // A bank that panicked gives no answer: the caller hears of it by that.
        if let Ok(made) = made.await {
            let _ = caller.send(made);
        }
    }
    // Nothing runs between the last look into the inbox and this line.
    inboxes.borrow_mut().remove(&account);
}

async fn make(bank: &Bank, account: AccountId, amount: i64) -> Result<i64, BankError> {
    let balance = bank.read(account).await? + amount;
    bank.write(account, balance).await?;
    Ok(balance)
}
