//! Wrong: wakes one waiting deposit, and replaces the `Notify` that the rest wait for by a new one. Caught by: answered

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
        loop {
            let ended = self.busy.borrow().get(&account).cloned();
            let Some(ended) = ended else { break };
            ended.notified().await;
        }
        self.busy.borrow_mut().insert(account, Rc::default());
        let _busy = Busy(self, account);
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}

struct Busy<'a>(&'a Accounts, AccountId);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        if let Some(ended) = self.0.busy.borrow_mut().remove(&self.1) {
            ended.notify_one();
        }
    }
}
