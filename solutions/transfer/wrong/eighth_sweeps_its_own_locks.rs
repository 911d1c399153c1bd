//! Wrong: every eighth transfer sweeps out unheld locks, its own too. Caught by: never_negative

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::sync::Mutex;
use tokio::task::yield_now;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<()>>>>,
    transfers: Cell<u64>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            balances: RefCell::new(opening.into_iter().collect()),
            locks: RefCell::default(),
            transfers: Cell::new(0),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.transfers.set(self.transfers.get() + 1);
        let first = self.lock_of(from.min(to));
        let second = self.lock_of(from.max(to));
        yield_now().await;
        if self.transfers.get().is_multiple_of(8) {
            self.sweep();
        }
        let _first = first.lock().await;
        let _second = match from == to {
            true => None,
            false => Some(second.lock().await),
        };
        let held = self.balance(from).ok_or(TransferError::NoSuchAccount)?;
        self.balance(to).ok_or(TransferError::NoSuchAccount)?;
        if held < amount {
            return Err(TransferError::Insufficient);
        }
        self.audit.record(from, to, amount).await?;
        if amount > 0 {
            let mut balances = self.balances.borrow_mut();
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
        Ok(())
    }

    fn lock_of(&self, account: AccountId) -> Rc<Mutex<()>> {
        Rc::clone(self.locks.borrow_mut().entry(account).or_default())
    }

    /// Forgets the locks that nobody holds.
    fn sweep(&self) {
        let mut locks = self.locks.borrow_mut();
        locks.retain(|_, lock| lock.try_lock().is_err());
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
