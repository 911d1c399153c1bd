//! Wrong: adds in memory and lets each write its sum; an older one that is carried out later writes over a newer one. Caught by: kept

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
        let known = self.balances.borrow().get(&account).copied();
        let read = match known {
            Some(_) => 0,
            None => self.bank.read(account).await?,
        };
        let balance = {
            let mut balances = self.balances.borrow_mut();
            let balance = balances.entry(account).or_insert(read);
            *balance += amount;
            *balance
        };
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}
