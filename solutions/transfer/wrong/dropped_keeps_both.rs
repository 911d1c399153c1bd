//! Wrong: a dropped transfer never gives its accounts back. Caught by: dropped

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;

use futures::future::FutureExt;
use kit::audit::{Audit, AuditError, TransferError};
use kit::bank::AccountId;
use tokio::sync::Notify;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    busy: RefCell<HashSet<AccountId>>,
    freed: Notify,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        Self {
            audit,
            balances,
            busy: RefCell::default(),
            freed: Notify::new(),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        loop {
            let freed = self.freed.notified();
            if self.claim(from, to) {
                break;
            }
            freed.await;
        }
        let recorded = match self.check(from, to, amount) {
            Ok(()) => {
                let record = self.audit.record(from, to, amount);
                let recorded = AssertUnwindSafe(record).catch_unwind().await;
                let recorded = recorded.unwrap_or(Err(AuditError::Unavailable));
                recorded.map_err(TransferError::Audit)
            }
            Err(error) => Err(error),
        };
        if recorded.is_ok() {
            self.shift(from, to, amount);
        }
        for account in [from, to] {
            self.busy.borrow_mut().remove(&account);
        }
        self.freed.notify_waiters();
        recorded
    }

    /// Claims both accounts, or neither.
    fn claim(&self, from: AccountId, to: AccountId) -> bool {
        let mut busy = self.busy.borrow_mut();
        let is_free = !busy.contains(&from) && !busy.contains(&to);
        if is_free {
            busy.extend([from, to]);
        }
        is_free
    }

    fn check(&self, from: AccountId, to: AccountId, amount: i64) -> Result<(), TransferError> {
        let balances = self.balances.borrow();
        let held = *balances.get(&from).ok_or(TransferError::NoSuchAccount)?;
        if !balances.contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        match held < amount {
            true => Err(TransferError::Insufficient),
            false => Ok(()),
        }
    }

    fn shift(&self, from: AccountId, to: AccountId, amount: i64) {
        if amount > 0 {
            let mut balances = self.balances.borrow_mut();
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
