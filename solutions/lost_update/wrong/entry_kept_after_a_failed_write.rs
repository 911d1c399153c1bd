//! Wrong: a deposit whose write failed leaves its lock in the map. Caught by: bounded_state

use std::cell::{Cell, RefCell};
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
        let stake = self.stake(account);
        let _held = stake.lock.lock().await;
        let balance = self.bank.read(account).await? + amount;
        let written = self.bank.write(account, balance).await;
        stake.has_failed.set(written.is_err());
        written?;
        Ok(balance)
    }

    fn stake(&self, account: AccountId) -> Stake<'_> {
        let lock = Rc::clone(self.locks.borrow_mut().entry(account).or_default());
        Stake {
            accounts: self,
            account,
            lock,
            has_failed: Cell::new(false),
        }
    }
}

/// Keeps a lock in the map while a deposit wants it.
struct Stake<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    lock: Rc<Mutex<()>>,
    /// The caller will want the lock again, to try once more.
    has_failed: Cell<bool>,
}

impl Drop for Stake<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.lock) == 2 && !self.has_failed.get() {
            self.accounts.locks.borrow_mut().remove(&self.account);
        }
    }
}
