//! Wrong: an account takes part in six transfers at once; a seventh is told `Insufficient`. Caught by: insufficient

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

const MOST: usize = 6;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    under_way: RefCell<Vec<AccountId>>,
}

/// One transfer under way; it is taken out when this is dropped.
struct UnderWay<'a>(&'a RefCell<Vec<AccountId>>, AccountId);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut all = self.0.borrow_mut();
        if let Some(at) = all.iter().position(|account| *account == self.1) {
            all.swap_remove(at);
        }
    }
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            balances: RefCell::new(opening.into_iter().collect()),
            under_way: RefCell::default(),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let is_it = |account: &&AccountId| **account == from;
        if self.under_way.borrow().iter().filter(is_it).count() == MOST {
            return Err(TransferError::Insufficient);
        }
        self.under_way.borrow_mut().push(from);
        let _under_way = UnderWay(&self.under_way, from);
        self.audit.record(from, to, amount).await?;
        let mut balances = self.balances.borrow_mut();
        let (Some(&held), Some(_)) = (balances.get(&from), balances.get(&to)) else {
            return Err(TransferError::NoSuchAccount);
        };
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
