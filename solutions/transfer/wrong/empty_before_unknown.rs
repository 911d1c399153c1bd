//! Wrong: an empty payer is told `Insufficient` though its payee is unknown. Caught by: odd_amounts

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
        if self.balance(from) == Some(0) && amount > 0 {
            return Err(TransferError::Insufficient);
        }
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
