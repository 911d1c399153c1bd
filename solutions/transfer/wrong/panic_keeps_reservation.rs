//! Wrong: errors and dropped callers give the reservation back; a panic in the task does not. Caught by: panic_contained

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

type Shared = Rc<RefCell<HashMap<AccountId, i64>>>;

pub struct Accounts {
    audit: Audit,
    balances: Shared,
    reserved: Shared,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = Rc::new(RefCell::new(opening.into_iter().collect()));
        let reserved = Rc::default();
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
        let (audit, balances) = (self.audit.clone(), Rc::clone(&self.balances));
        let reserved = Rc::clone(&self.reserved);
        let task = tokio::task::spawn_local(async move {
            let recorded = audit.record(from, to, amount).await;
            *reserved.borrow_mut().entry(from).or_default() -= amount;
            recorded?;
            let mut balances = balances.borrow_mut();
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
            Ok(())
        });
        match task.await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
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

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
