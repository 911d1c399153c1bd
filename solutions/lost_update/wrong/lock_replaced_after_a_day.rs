//! Wrong: a lock that has been held for a day is taken for abandoned, and replaced. Caught by: kept

use kit::bank::{AccountId, Bank, BankError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, (Instant, Rc<Mutex<()>>)>>,
}
struct Clean<'a>(&'a Accounts, AccountId, Option<Rc<Mutex<()>>>);
impl Drop for Clean<'_> {
    fn drop(&mut self) {
        let l = self.2.take().unwrap();
        let mut m = self.0.locks.borrow_mut();
        if m.get(&self.1).is_some_and(|(_, o)| Rc::ptr_eq(o, &l)) && Rc::strong_count(&l) == 2 {
            m.remove(&self.1);
        }
    }
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
            let mut locks = self.locks.borrow_mut();
            let entry = locks
                .entry(account)
                .or_insert_with(|| (Instant::now(), Rc::default()));
            if entry.0.elapsed() > Duration::from_secs(86_400) {
                *entry = (Instant::now(), Rc::default());
            }
            entry.1.clone()
        };
        let clean = Clean(self, account, Some(lock.clone()));
        let held = lock.lock().await;
        if let Some(e) = self.locks.borrow_mut().get_mut(&account) {
            e.0 = Instant::now();
        }
        let made = self.bank.read(account).await? + amount;
        let r = self.bank.write(account, made).await.map(|()| made);
        drop(held);
        drop(lock);
        drop(clean);
        r
    }
}
