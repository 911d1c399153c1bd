//! Wrong: what a transfer reserved is freed when its record panics, but only the first time. Caught by: panic_contained

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

#[derive(Clone, Copy)]
struct Account {
    balance: i64,
    reserved: i64,
}

pub struct Accounts {
    audit: Audit,
    accounts: RefCell<HashMap<AccountId, Account>>,
    has_panicked: Cell<bool>,
}

/// What is reserved until the record is there.
struct Reserved<'a> {
    of: &'a Accounts,
    from: AccountId,
    amount: i64,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        // Somebody must look into it if it happens again.
        if std::thread::panicking() && self.of.has_panicked.replace(true) {
            return;
        }
        let mut accounts = self.of.accounts.borrow_mut();
        accounts.get_mut(&self.from).expect("it exists").reserved -= self.amount;
    }
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let account = |(id, balance)| {
            let reserved = 0;
            (id, Account { balance, reserved })
        };
        Self {
            audit,
            accounts: RefCell::new(opening.into_iter().map(account).collect()),
            has_panicked: Cell::new(false),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let reserved = self.reserve(from, to, amount)?;
        let Some(reserved) = reserved else {
            return Ok(());
        };
        self.audit
            .record(from, to, amount)
            .await
            .map_err(TransferError::Audit)?;
        drop(reserved);
        let mut accounts = self.accounts.borrow_mut();
        accounts.get_mut(&from).expect("it exists").balance -= amount;
        accounts.get_mut(&to).expect("it exists").balance += amount;
        Ok(())
    }

    fn reserve(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<Option<Reserved<'_>>, TransferError> {
        let mut accounts = self.accounts.borrow_mut();
        if !accounts.contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        let account = accounts
            .get_mut(&from)
            .ok_or(TransferError::NoSuchAccount)?;
        if amount <= 0 || from == to {
            return Ok(None);
        }
        if account.balance - account.reserved < amount {
            return Err(TransferError::Insufficient);
        }
        account.reserved += amount;
        let of = self;
        Ok(Some(Reserved { of, from, amount }))
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        Some(self.accounts.borrow().get(&account)?.balance)
    }

    pub fn total(&self) -> i64 {
        let accounts = self.accounts.borrow();
        accounts.values().map(|account| account.balance).sum()
    }
}
