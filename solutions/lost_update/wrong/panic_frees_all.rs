//! Wrong: a panic in one account frees all of them. Caught by: panic_contained

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Notify;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    busy: RefCell<HashMap<AccountId, Rc<Notify>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let busy = RefCell::default();
        Self { bank, busy }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let _busy = self.begin(account).await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }

    async fn begin(&self, account: AccountId) -> Busy<'_> {
        loop {
            let ended = self.busy.borrow().get(&account).cloned();
            match ended {
                // No await between the look and this: nobody can end in between.
                Some(ended) => ended.notified().await,
                None => {
                    self.busy.borrow_mut().insert(account, Rc::default());
                    return Busy(self, account);
                }
            }
        }
    }
}

/// Ends a deposit's time, however it ends.
struct Busy<'a>(&'a Accounts, AccountId);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for (_, ended) in self.0.busy.borrow_mut().drain() {
                ended.notify_waiters();
            }
        }
        if let Some(ended) = self.0.busy.borrow_mut().remove(&self.1) {
            ended.notify_waiters();
        }
    }
}
