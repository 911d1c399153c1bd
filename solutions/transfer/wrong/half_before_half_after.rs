//! Wrong: the money leaves one account before the record and reaches the other after it. Caught by: total_kept

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        Self { audit, balances }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.check(from, to, amount)?;
        let amount = amount.max(0);
        *self.balances.borrow_mut().entry(from).or_default() -= amount;
        if let Err(error) = self.audit.record(from, to, amount).await {
            *self.balances.borrow_mut().entry(from).or_default() += amount;
            return Err(TransferError::Audit(error));
        }
        *self.balances.borrow_mut().entry(to).or_default() += amount;
        Ok(())
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

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
