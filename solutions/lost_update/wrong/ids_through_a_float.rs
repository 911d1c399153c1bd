//! Wrong: ids are kept as `f64`, which cannot tell large ones apart. Caught by: accounts_independent

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use kit::bank::{AccountId, Bank, BankError};

type Lock = tokio::sync::Mutex<()>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    locks: Mutex<Locks>,
}

struct Locks {
    by_account: HashMap<u64, Weak<Lock>>,
    sweep_at: usize,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let locks = Mutex::new(Locks {
            by_account: HashMap::new(),
            sweep_at: 64,
        });
        Self { bank, locks }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = self.lock(account);
        let _held = lock.lock().await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }

    fn lock(&self, account: AccountId) -> Arc<Lock> {
        let account = (account.0 as f64).to_bits();
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.by_account.get(&account).and_then(Weak::upgrade) {
            return lock;
        }
        if locks.by_account.len() >= locks.sweep_at {
            locks.by_account.retain(|_, lock| lock.strong_count() > 0);
            locks.sweep_at = 64.max(2 * locks.by_account.len());
        }
        let lock = Arc::default();
        locks.by_account.insert(account, Arc::downgrade(&lock));
        lock
    }
}
