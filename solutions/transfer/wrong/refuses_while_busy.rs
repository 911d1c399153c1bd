//! Wrong: an account that is part of another transfer counts as empty. Caught by: insufficient

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::HashSet;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    busy: RefCell<HashSet<AccountId>>,
}

struct Busy<'a>(&'a RefCell<HashSet<AccountId>>, AccountId);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().remove(&self.1);
    }
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        let busy = RefCell::default();
        Self {
            audit,
            balances,
            busy,
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        if !self.busy.borrow_mut().insert(from) {
            return Err(TransferError::Insufficient);
        }
        let _busy = Busy(&self.busy, from);
        self.audit.record(from, to, amount).await?;
        self.pay(from, to, amount)
    }

    /// Checks and moves in one breath.
    fn pay(&self, from: AccountId, to: AccountId, amount: i64) -> Result<(), TransferError> {
        let mut balances = self.balances.borrow_mut();
        let held = *balances.get(&from).ok_or(TransferError::NoSuchAccount)?;
        if !balances.contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        if held < amount {
            return Err(TransferError::Insufficient);
        }
        if amount > 0 {
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
