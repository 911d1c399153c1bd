//! Wrong: while a payer has three others, no check follows the record. Caught by: never_negative

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    /// How many transfers of each payer are under way.
    paying: RefCell<HashMap<AccountId, usize>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            balances: RefCell::new(opening.into_iter().collect()),
            paying: RefCell::default(),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.check(from, to, amount)?;
        let payment = Payment::new(self, from);
        self.audit.record(from, to, amount).await?;
        if payment.others() < 3 {
            self.check(from, to, amount)?;
        }
        if amount > 0 {
            let mut balances = self.balances.borrow_mut();
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
        Ok(())
    }

    fn check(&self, from: AccountId, to: AccountId, amount: i64) -> Result<(), TransferError> {
        let held = self.balance(from).ok_or(TransferError::NoSuchAccount)?;
        self.balance(to).ok_or(TransferError::NoSuchAccount)?;
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

/// A transfer that is under way.
struct Payment<'a> {
    accounts: &'a Accounts,
    from: AccountId,
}

impl<'a> Payment<'a> {
    fn new(accounts: &'a Accounts, from: AccountId) -> Self {
        *accounts.paying.borrow_mut().entry(from).or_default() += 1;
        Self { accounts, from }
    }

    fn others(&self) -> usize {
        self.accounts.paying.borrow()[&self.from] - 1
    }
}

impl Drop for Payment<'_> {
    fn drop(&mut self) {
        let mut paying = self.accounts.paying.borrow_mut();
        *paying.entry(self.from).or_default() -= 1;
    }
}
