//! Right: a lock per account, and a call that failed is tried a second time under the same lock.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<()>>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let locks = RefCell::default();
        Self { bank, locks }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = Rc::clone(self.locks.borrow_mut().entry(account).or_default());
        let wanted = Wanted(self, account, lock);
        let _held = wanted.2.lock().await;
        let before = match self.bank.read(account).await {
            Ok(before) => before,
            Err(_) => self.bank.read(account).await?,
        };
        // A write that failed has not happened, and nobody else writes meanwhile.
        if self.bank.write(account, before + amount).await.is_err() {
            self.bank.write(account, before + amount).await?;
        }
        Ok(before + amount)
    }
}

struct Wanted<'a>(&'a Accounts, AccountId, Rc<Mutex<()>>);

impl Drop for Wanted<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.2) == 2 {
            self.0.locks.borrow_mut().remove(&self.1);
        }
    }
}
