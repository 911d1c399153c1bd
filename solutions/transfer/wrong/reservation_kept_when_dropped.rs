//! Wrong: the reservation is given back by a line after the await, which a dropped caller never reaches. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use futures::future::FutureExt;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    reserved: RefCell<HashMap<AccountId, i64>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        let reserved = RefCell::default();
        Self {
            audit,
            balances,
            reserved,
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        if amount <= 0 {
            return Ok(());
        }
        self.check(from, to, amount)?;
        *self.reserved.borrow_mut().entry(from).or_default() += amount;
        let record = self.audit.record(from, to, amount);
        let recorded = AssertUnwindSafe(record).catch_unwind().await;
        *self.reserved.borrow_mut().entry(from).or_default() -= amount;
        match recorded {
            Ok(recorded) => recorded?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        self.shift(from, to, amount);
        Ok(())
    }

    fn check(&self, from: AccountId, to: AccountId, amount: i64) -> Result<(), TransferError> {
        let balances = self.balances.borrow();
        let held = *balances.get(&from).ok_or(TransferError::NoSuchAccount)?;
        if !balances.contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        let reserved = self.reserved.borrow().get(&from).copied().unwrap_or(0);
        match held - reserved < amount {
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
