//! Drill `transfer`: check, await, act, and no account is overdrawn.

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

/// Accounts between which many tasks transfer money.
pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
}

impl Accounts {
    /// Accounts with these balances.
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        Self { audit, balances }
    }

    /// Moves `amount` from one account to another.
    ///
    /// The record comes first. After it, the check and both changes are one breath: no
    /// await is between them, so no other task is.
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.audit.record(from, to, amount).await?;
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

    /// What an account holds, if it exists.
    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    /// What all accounts hold together.
    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
