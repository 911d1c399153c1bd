//! Wrong: a reservation that fails stays while its payer has three others. Caught by: insufficient

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

/// What is reserved in each account.
type Reserved = RefCell<HashMap<AccountId, Vec<i64>>>;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    reserved: Reserved,
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
        let reserved: i64 = self
            .reserved
            .borrow()
            .get(&from)
            .into_iter()
            .flatten()
            .sum();
        if held - reserved < amount {
            return Err(TransferError::Insufficient);
        }
        let mut reservation = Reservation::new(&self.reserved, from, amount);
        self.audit.record(from, to, amount).await?;
        reservation.is_paid = true;
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

struct Reservation<'a> {
    reserved: &'a Reserved,
    account: AccountId,
    amount: i64,
    is_paid: bool,
}

impl<'a> Reservation<'a> {
    fn new(reserved: &'a Reserved, account: AccountId, amount: i64) -> Self {
        reserved
            .borrow_mut()
            .entry(account)
            .or_default()
            .push(amount);
        Self {
            reserved,
            account,
            amount,
            is_paid: false,
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut reserved = self.reserved.borrow_mut();
        let amounts = reserved.entry(self.account).or_default();
        if self.is_paid || amounts.len() < 4 {
            let place = amounts.iter().position(|amount| *amount == self.amount);
            amounts.swap_remove(place.expect("it was reserved"));
        }
    }
}
