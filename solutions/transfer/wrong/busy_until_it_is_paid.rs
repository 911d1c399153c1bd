//! Wrong: a payer counts as free again once another has paid it. Caught by: never_negative

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::sync::Notify;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    busy: RefCell<HashSet<AccountId>>,
    freed: Notify,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            balances: RefCell::new(opening.into_iter().collect()),
            busy: RefCell::default(),
            freed: Notify::new(),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.balance(from).ok_or(TransferError::NoSuchAccount)?;
        self.balance(to).ok_or(TransferError::NoSuchAccount)?;
        if amount <= 0 {
            return Ok(());
        }
        let _busy = self.occupy(from, to).await;
        if self.balance(from) < Some(amount) {
            return Err(TransferError::Insufficient);
        }
        self.audit.record(from, to, amount).await?;
        let mut balances = self.balances.borrow_mut();
        *balances.entry(from).or_default() -= amount;
        *balances.entry(to).or_default() += amount;
        Ok(())
    }

    async fn occupy(&self, from: AccountId, to: AccountId) -> Busy<'_> {
        loop {
            let freed = self.freed.notified();
            if self.busy.borrow_mut().insert(from) {
                self.busy.borrow_mut().insert(to);
                let accounts = self;
                return Busy { accounts, from, to };
            }
            freed.await;
        }
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}

struct Busy<'a> {
    accounts: &'a Accounts,
    from: AccountId,
    to: AccountId,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut busy = self.accounts.busy.borrow_mut();
        busy.remove(&self.from);
        busy.remove(&self.to);
        self.accounts.freed.notify_waiters();
    }
}
