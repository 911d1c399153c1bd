//! Wrong: what an account pays to itself is gone for a turn of the loop. Caught by: odd_amounts

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::task::yield_now;

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
        self.audit.record(from, to, amount).await?;
        let credit = self.withdraw(from, to, amount)?;
        if from == to {
            yield_now().await;
        }
        drop(credit);
        Ok(())
    }

    /// Checks and takes the money in one breath. It arrives when the credit is dropped.
    fn withdraw(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<Credit<'_>, TransferError> {
        let mut balances = self.balances.borrow_mut();
        if !balances.contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        let held = balances
            .get_mut(&from)
            .ok_or(TransferError::NoSuchAccount)?;
        if *held < amount {
            return Err(TransferError::Insufficient);
        }
        let amount = amount.max(0);
        *held -= amount;
        Ok(Credit {
            balances: &self.balances,
            account: to,
            amount,
        })
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}

/// Money on its way: it arrives even if the transfer is dropped.
struct Credit<'a> {
    balances: &'a RefCell<HashMap<AccountId, i64>>,
    account: AccountId,
    amount: i64,
}

impl Drop for Credit<'_> {
    fn drop(&mut self) {
        let mut balances = self.balances.borrow_mut();
        *balances.entry(self.account).or_default() += self.amount;
    }
}
