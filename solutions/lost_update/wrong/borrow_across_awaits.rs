//! Wrong: a borrow is held like a lock: the second deposit does not wait, it panics. Caught by: answered

use std::cell::RefCell;
use std::collections::HashMap;

use kit::bank::{AccountId, Bank, BankError};

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    balances: RefCell<HashMap<AccountId, i64>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let balances = RefCell::default();
        Self { bank, balances }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let mut balances = self.balances.borrow_mut();
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        balances.insert(account, balance);
        Ok(balance)
    }
}
