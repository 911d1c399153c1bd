//! A write whose caller was dropped is made once more by the next deposit, with the same balance,
//! so that it happened once in any case. The deposit that repeats it is told if it fails.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

/// The balance of a write that was not answered yet.
type Unsure = Option<i64>;

pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<Unsure>>>>,
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        let locks = RefCell::default();
        Self { bank, locks }
    }

    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = Rc::clone(self.locks.borrow_mut().entry(account).or_default());
        let locks = &self.locks;
        let held = Held {
            locks,
            account,
            lock,
        };
        let mut unsure = held.lock.lock().await;
        let before = match *unsure {
            Some(written) => {
                self.bank.write(account, written).await?;
                written
            }
            None => self.bank.read(account).await?,
        };
        let after = before + amount;
        *unsure = Some(after);
        let written = self.bank.write(account, after).await;
        *unsure = None;
        written.map(|()| after)
    }
}

/// Takes the lock out of the map with its last owner.
struct Held<'a> {
    locks: &'a RefCell<HashMap<AccountId, Rc<Mutex<Unsure>>>>,
    account: AccountId,
    lock: Rc<Mutex<Unsure>>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.lock) == 2 {
            self.locks.borrow_mut().remove(&self.account);
        }
    }
}
