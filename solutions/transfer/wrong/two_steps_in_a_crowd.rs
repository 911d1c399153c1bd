//! Wrong: where more than two transfers are under way, the money is taken, and given a turn later. Caught by: total_kept

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    under_way: Cell<usize>,
}
struct Count<'a>(&'a Cell<usize>);
impl Drop for Count<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            balances: RefCell::new(opening.into_iter().collect()),
            under_way: Cell::new(0),
        }
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.under_way.set(self.under_way.get() + 1);
        let _count = Count(&self.under_way);
        self.audit.record(from, to, amount).await?;
        if self.balance(to).is_none() {
            return Err(TransferError::NoSuchAccount);
        }
        if self.balance(from).ok_or(TransferError::NoSuchAccount)? < amount {
            return Err(TransferError::Insufficient);
        }
        if amount <= 0 {
            return Ok(());
        }
        struct Give<'a>(&'a Accounts, AccountId, i64);
        impl Drop for Give<'_> {
            fn drop(&mut self) {
                *self.0.balances.borrow_mut().get_mut(&self.1).unwrap() += self.2;
            }
        }
        *self.balances.borrow_mut().get_mut(&from).unwrap() -= amount;
        let give = Give(self, to, amount);
        if self.under_way.get() > 2 {
            tokio::task::yield_now().await;
        }
        drop(give);
        Ok(())
    }
    pub fn balance(&self, id: AccountId) -> Option<i64> {
        self.balances.borrow().get(&id).copied()
    }
    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
