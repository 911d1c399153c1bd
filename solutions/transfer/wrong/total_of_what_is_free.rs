//! Wrong: a reservation is taken out of what `total` says. Caught by: total_kept

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
        let reservation = Reservation::new(&self.reserved, from, amount);
        self.audit.record(from, to, amount).await?;
        drop(reservation);
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
        let reserved: i64 = self.reserved.borrow().values().sum();
        self.balances.borrow().values().sum::<i64>() - reserved
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
    ) -> Reservation<'a> {
        *reserved.borrow_mut().entry(account).or_default() += amount;
        Reservation {
            reserved,
            account,
            amount,
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Some(reserved) = self.reserved.borrow_mut().get_mut(&self.account) {
            *reserved -= self.amount;
        }
    }
}
