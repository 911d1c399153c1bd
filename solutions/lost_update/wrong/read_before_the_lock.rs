//! Wrong: a balance read before the lock counts if nobody holds the lock then. Caught by: dropped

use kit::bank::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::Mutex as Lock;
pub struct Accounts {
    bank: Bank,
    locks: Mutex<HashMap<AccountId, Weak<Lock<()>>>>,
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            locks: Default::default(),
        }
    }
    fn lock(&self, a: AccountId) -> Arc<Lock<()>> {
        let mut l = self.locks.lock().unwrap();
        if let Some(x) = l.get(&a).and_then(Weak::upgrade) {
            return x;
        }
        if l.len() > 64 {
            l.retain(|_, w| w.strong_count() > 0);
        }
        let x = Arc::new(Lock::new(()));
        l.insert(a, Arc::downgrade(&x));
        x
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = self.lock(account);
        let first = self.bank.read(account).await?;
        let contended = lock.try_lock().is_err();
        let _g = lock.lock().await;
        let b = if contended {
            self.bank.read(account).await?
        } else {
            first
        };
        let b = b.checked_add(amount).expect("no overflow");
        self.bank.write(account, b).await.map(|()| b)
    }
}
