//! Wrong: a guard moves the money when the transfer ends, even when it is dropped. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use futures::future::FutureExt;

use kit::audit::{Audit, AuditError, TransferError};
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
        let mut paying = Paying {
            accounts: self,
            from,
            to,
            amount,
            is_called_off: false,
        };
        let record = self.audit.record(from, to, amount);
        let recorded = AssertUnwindSafe(record).catch_unwind().await;
        let recorded = recorded.unwrap_or(Err(AuditError::Unavailable));
        if let Err(error) = recorded {
            paying.is_called_off = true;
            return Err(TransferError::Audit(error));
        }
        let result = self.check(from, to, amount);
        paying.is_called_off = result.is_err();
        result
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

struct Paying<'a> {
    accounts: &'a Accounts,
    from: AccountId,
    to: AccountId,
    amount: i64,
    is_called_off: bool,
}

impl Drop for Paying<'_> {
    fn drop(&mut self) {
        if !self.is_called_off {
            let _ = self.accounts.pay(self.from, self.to, self.amount);
        }
    }
}
