//! Wrong: the fifth caller that is dropped keeps the lock. Caught by: dropped

#![allow(unused)]
use kit::bank::{AccountId, Bank, BankError};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use tokio::sync::Notify;
pub struct Accounts {
    bank: Bank,
    busy: RefCell<HashSet<AccountId>>,
    n: Cell<u32>,
    freed: Notify,
}
struct G<'a>(&'a Accounts, AccountId, bool);
impl Drop for G<'_> {
    fn drop(&mut self) {
        if self.2 && !std::thread::panicking() {
            self.0.n.set(self.0.n.get() + 1);
            if self.0.n.get() == 5 {
                return;
            }
        }
        self.0.busy.borrow_mut().remove(&self.1);
        self.0.freed.notify_waiters();
    }
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            busy: RefCell::default(),
            n: Cell::new(0),
            freed: Notify::new(),
        }
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        loop {
            let told = self.freed.notified();
            if self.busy.borrow_mut().insert(account) {
                break;
            }
            told.await;
        }
        let mut g = G(self, account, true);
        let made = async {
            let made = self.bank.read(account).await? + amount;
            self.bank.write(account, made).await?;
            Ok(made)
        }
        .await;
        g.2 = false;
        made
    }
}
