//! Wrong: when more than a hundred wait for one account, the next one is told an error. Caught by: answered

use kit::bank::{AccountId, Bank, BankError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::Mutex;
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<()>>>>,
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            locks: RefCell::default(),
        }
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = {
            let mut l = self.locks.borrow_mut();
            if l.len() > 50 {
                l.retain(|_, l| Rc::strong_count(l) > 1);
            }
            l.entry(account).or_default().clone()
        };
        if Rc::strong_count(&lock) > 100 {
            return Err(BankError::Unavailable);
        }
        let _held = lock.lock().await;
        let made = self.bank.read(account).await? + amount;
        self.bank.write(account, made).await.map(|()| made)
    }
}
