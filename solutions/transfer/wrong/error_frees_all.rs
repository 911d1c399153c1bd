//! Wrong: an error frees the accounts of other transfers, too. Caught by: never_negative

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
        let balances = RefCell::new(opening.into_iter().collect());
        Self {
            audit,
            balances,
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
        loop {
            let freed = self.freed.notified();
            if self.claim(from, to) {
                break;
            }
            freed.await;
        }
        let both = [from, to];
        let accounts = self;
        let _claimed = Claimed { accounts, both };
        self.check(from, to, amount)?;
        self.audit.record(from, to, amount).await.inspect_err(|_| {
            self.busy.borrow_mut().clear();
        })?;
        self.shift(from, to, amount);
        Ok(())
    }

    /// Claims both accounts, or neither.
    fn claim(&self, from: AccountId, to: AccountId) -> bool {
        let mut busy = self.busy.borrow_mut();
        let is_free = !busy.contains(&from) && !busy.contains(&to);
        if is_free {
            busy.extend([from, to]);
        }
        is_free
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

    fn shift(&self, from: AccountId, to: AccountId, amount: i64) {
        if amount > 0 {
            let mut balances = self.balances.borrow_mut();
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}

struct Claimed<'a> {
    accounts: &'a Accounts,
    both: [AccountId; 2],
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        for account in self.both {
            self.accounts.busy.borrow_mut().remove(&account);
        }
        self.accounts.freed.notify_waiters();
    }
}
