//! Wrong: holders tidy up, and two that leave at once keep the lock. Caught by: bounded_state
use kit::bank::*;
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use tokio::sync::Mutex;
type Lock = Rc<Mutex<()>>;
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Lock>>,
}
struct Tidy<'a>(&'a Accounts, AccountId);
impl Drop for Tidy<'_> {
    fn drop(&mut self) {
        let mut locks = self.0.locks.borrow_mut();
        if locks.get(&self.1).is_some_and(|l| Rc::strong_count(l) <= 2) {
            locks.remove(&self.1);
        }
    }
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            locks: Default::default(),
        }
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = self.locks.borrow_mut().entry(account).or_default().clone();
        let _turn = lock.lock().await;
        let _tidy = Tidy(self, account);
        let b = self.bank.read(account).await? + amount;
        self.bank.write(account, b).await?;
        Ok(b)
    }
}
