//! Wrong: both balances are read before either is written: a transfer to oneself makes money. Caught by: odd_amounts

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
        self.audit.record(from, to, amount).await?;
        let mut balances = self.balances.borrow_mut();
        let known = [from, to].map(|account| balances.get(&account).copied());
        let [Some(payer), Some(payee)] = known else {
            return Err(TransferError::NoSuchAccount);
        };
        if payer < amount {
            return Err(TransferError::Insufficient);
        }
        if amount > 0 {
            balances.insert(from, payer - amount);
            balances.insert(to, payee + amount);
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
