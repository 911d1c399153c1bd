//! Wrong: when the caller that writes for the others is dropped, their amounts go back into the line, though the write may have happened. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::{Mutex, oneshot};

type Waiting = (i64, oneshot::Sender<Result<i64, BankError>>);

#[derive(Default)]
struct Account {
    lock: Mutex<()>,
    waiting: RefCell<Vec<Waiting>>,
}

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    accounts: RefCell<HashMap<AccountId, Rc<Account>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let accounts = RefCell::default();
        Self { bank, accounts }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let shared = Rc::clone(self.accounts.borrow_mut().entry(account).or_default());
        let (caller, mut ended) = oneshot::channel();
        shared.waiting.borrow_mut().push((amount, caller));
        let _held = tokio::select! {
            biased;
            ended = &mut ended => return ended.expect("a batch is told or put back"),
            held = shared.lock.lock() => held,
        };
        // It may have been written by the one who had the lock before.
        if let Ok(ended) = ended.try_recv() {
            return ended;
        }
        let mut batch = Batch {
            account: &shared,
            waiting: shared.waiting.take(),
        };
        let sum: i64 = batch.waiting.iter().map(|(amount, _)| amount).sum();
        let made = async {
            let balance = self.bank.read(account).await? + sum;
            self.bank.write(account, balance).await?;
            Ok(balance)
        };
        let made = made.await;
        for (_, caller) in batch.waiting.drain(..) {
            let _ = caller.send(made.clone());
        }
        made
    }
}

/// Those whose deposits go together.
struct Batch<'a> {
    account: &'a Account,
    waiting: Vec<Waiting>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let left = self
            .waiting
            .drain(..)
            .filter(|(_, caller)| !caller.is_closed());
        self.account.waiting.borrow_mut().extend(left);
    }
}
