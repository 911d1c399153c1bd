//! Wrong: an account whose bank call failed once counts as unavailable from then on. Caught by: errors

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<bool>>>>,
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
        let mut down = lock.lock().await;
        if *down {
            return Err(BankError::Unavailable);
        }
        let made = async {
            let balance = self.bank.read(account).await? + amount;
            self.bank.write(account, balance).await?;
            Ok(balance)
        };
        let made = made.await;
        *down = made.is_err();
        made
    }
}
