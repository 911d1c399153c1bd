//! Wrong: a payment keeps 32 bits of its amount. Caught by: recorded_first

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

struct Payment {
    from: AccountId,
    to: AccountId,
    amount: i32,
}

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
        let amount = amount as i32;
        self.pay(Payment { from, to, amount }).await
    }

    async fn pay(&self, payment: Payment) -> Result<(), TransferError> {
        let Payment { from, to, amount } = payment;
        let amount = i64::from(amount);
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

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
