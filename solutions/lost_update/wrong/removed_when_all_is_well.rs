//! Wrong: the lock is taken out of the map after a deposit that worked; an error or a drop leaves it there. Caught by: bounded_state

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
        let balance = {
            let _held = lock.lock().await;
            let balance = self.bank.read(account).await? + amount;
            self.bank.write(account, balance).await?;
            balance
        };
        if Rc::strong_count(&lock) == 2 {
            self.locks.borrow_mut().remove(&account);
        }
        Ok(balance)
    }
}
