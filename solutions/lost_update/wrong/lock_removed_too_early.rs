//! Wrong: a deposit that is done takes the lock out of the map though others wait for it; the next one makes a new lock. Caught by: kept

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
        let _held = lock.lock().await;
        let _done = Done(self, account);
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}

struct Done<'a>(&'a Accounts, AccountId);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.locks.borrow_mut().remove(&self.1);
    }
}
