//! Wrong: who sends nothing to themselves waits for themselves. Caught by: odd_amounts

use std::cell::RefCell;
use std::collections::BTreeMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::sync::Mutex;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<BTreeMap<AccountId, i64>>,
    locks: BTreeMap<AccountId, Mutex<()>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances: BTreeMap<AccountId, i64> = opening.into_iter().collect();
        let locks = balances.keys().map(|account| (*account, Mutex::default()));
        Self {
            audit,
            locks: locks.collect(),
            balances: RefCell::new(balances),
        }
    }

    fn lock_of(&self, account: AccountId) -> Result<&Mutex<()>, TransferError> {
        let lock = self.locks.get(&account);
        lock.ok_or(TransferError::NoSuchAccount)
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let low = self.lock_of(from.min(to))?;
        let high = self.lock_of(from.max(to))?;
        let _low = low.lock().await;
        let _high = match from == to && amount > 0 {
            true => None,
            false => Some(high.lock().await),
        };
        if self.balances.borrow()[&from] < amount {
            return Err(TransferError::Insufficient);
        }
        let recorded = self.audit.record(from, to, amount).await;
        recorded.map_err(TransferError::Audit)?;
        if amount > 0 {
            let mut balances = self.balances.borrow_mut();
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
        Ok(())
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
