//! Wrong: sixteen locks for all accounts; two that share one wait for each other. Caught by: accounts_independent

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    locks: [Mutex<()>; 16],
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let locks = Default::default();
        Self { bank, locks }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = &self.locks[account.0 as usize % self.locks.len()];
        let _held = lock.lock().await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}
