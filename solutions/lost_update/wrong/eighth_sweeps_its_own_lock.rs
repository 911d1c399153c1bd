//! Wrong: every eighth deposit sweeps out the locks that nobody holds: its own too. Caught by: kept

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;
use tokio::task::yield_now;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<()>>>>,
    deposits: Cell<u64>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            locks: RefCell::default(),
            deposits: Cell::new(0),
        }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        self.deposits.set(self.deposits.get() + 1);
        let lock = Rc::clone(self.locks.borrow_mut().entry(account).or_default());
        yield_now().await;
        if self.deposits.get().is_multiple_of(8) {
            self.sweep();
        }
        let _held = lock.lock().await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }

    /// Forgets the locks that nobody holds.
    fn sweep(&self) {
        let mut locks = self.locks.borrow_mut();
        locks.retain(|_, lock| lock.try_lock().is_err());
    }
}
