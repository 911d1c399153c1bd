//! Wrong: a std `Mutex` is held across the awaits; the second deposit blocks the thread that would serve the first. Caught by: answered

use std::sync::Mutex;

use kit::bank::{AccountId, Bank, BankError};

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    lock: Mutex<()>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let lock = Mutex::default();
        Self { bank, lock }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let _held = self.lock.lock().unwrap();
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}
