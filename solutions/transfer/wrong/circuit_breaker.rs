//! Wrong: after six records that failed in a row the audit is not asked any more. Caught by: results

use kit::audit::{Audit, AuditError, TransferError};
use kit::bank::AccountId;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
pub struct Accounts {
    audit: Audit,
    book: RefCell<HashMap<AccountId, i64>>,
    failures: Cell<u32>,
}
impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            book: RefCell::new(opening.into_iter().collect()),
            failures: Cell::new(0),
        }
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        if self.failures.get() >= 6 {
            return Err(TransferError::Audit(AuditError::Unavailable));
        }
        match self.audit.record(from, to, amount).await {
            Ok(()) => self.failures.set(0),
            Err(error) => {
                self.failures.set(self.failures.get() + 1);
                return Err(error.into());
            }
        }
        let mut book = self.book.borrow_mut();
        if !book.contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        if *book.get(&from).ok_or(TransferError::NoSuchAccount)? < amount {
            return Err(TransferError::Insufficient);
        }
        if amount > 0 {
            *book.get_mut(&from).unwrap() -= amount;
            *book.get_mut(&to).unwrap() += amount;
        }
        Ok(())
    }
    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.book.borrow().get(&account).copied()
    }
    pub fn total(&self) -> i64 {
        self.book.borrow().values().sum()
    }
}
