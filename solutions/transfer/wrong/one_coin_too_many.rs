//! Wrong: the check lets an account pay one coin more than it has free. Caught by: never_negative

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    reserved: RefCell<HashMap<AccountId, i64>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            balances: RefCell::new(opening.into_iter().collect()),
            reserved: RefCell::default(),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let held = self.balance(from).ok_or(TransferError::NoSuchAccount)?;
        self.balance(to).ok_or(TransferError::NoSuchAccount)?;
        if amount <= 0 {
            return Ok(());
        }
        let reserved = self.reserved.borrow().get(&from).copied().unwrap_or(0);
        if held - reserved + 1 < amount {
            return Err(TransferError::Insufficient);
        }
        let reservation = Reservation::new(&self.reserved, from, amount);
        self.audit.record(from, to, amount).await?;
        drop(reservation);
        let mut balances = self.balances.borrow_mut();
        *balances.entry(from).or_default() -= amount;
        *balances.entry(to).or_default() += amount;
        Ok(())
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}

/// Money that is promised; the promise ends with it.
struct Reservation<'a> {
    reserved: &'a RefCell<HashMap<AccountId, i64>>,
    account: AccountId,
    amount: i64,
}

impl<'a> Reservation<'a> {
    fn new(
        reserved: &'a RefCell<HashMap<AccountId, i64>>,
        account: AccountId,
        amount: i64,
    ) -> Self {
        *reserved.borrow_mut().entry(account).or_default() += amount;
        Self {
            reserved,
            account,
            amount,
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut reserved = self.reserved.borrow_mut();
        if let Some(sum) = reserved.get_mut(&self.account) {
            *sum -= self.amount;
        }
    }
}
