//! Wrong: returns the amount paid in, not the balance of the account. Caught by: returned

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
        let stake = self.stake(account);
        let _held = stake.lock.lock().await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(amount)
    }

    fn stake(&self, account: AccountId) -> Stake<'_> {
        let lock = Rc::clone(self.locks.borrow_mut().entry(account).or_default());
        Stake {
            accounts: self,
            account,
            lock,
        }
    }
}

/// Keeps a lock in the map while a deposit wants it.
struct Stake<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    lock: Rc<Mutex<()>>,
}

impl Drop for Stake<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.lock) == 2 {
            self.accounts.locks.borrow_mut().remove(&self.account);
        }
    }
}
