//! Wrong: keeps the balance of the last write that was answered; one whose caller was dropped may have happened since. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<Option<i64>>>>>,
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
        let mut known = stake.lock.lock().await;
        let before = match *known {
            Some(before) => before,
            None => self.bank.read(account).await?,
        };
        self.bank.write(account, before + amount).await?;
        *known = Some(before + amount);
        Ok(before + amount)
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
    lock: Rc<Mutex<Option<i64>>>,
}

impl Drop for Stake<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.lock) == 2 {
            self.accounts.locks.borrow_mut().remove(&self.account);
        }
    }
}
