//! Wrong: the locks let their holder in again, and know it by its task, in which another transfer may run. Caught by: never_negative

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::sync::MutexGuard;
use tokio::task::Id;

/// A lock that its holder may take again, as it would wait for itself.
#[derive(Default)]
struct Lock {
    turn: tokio::sync::Mutex<()>,
    holder: Cell<Option<Id>>,
}

struct Held<'a> {
    lock: &'a Lock,
    turn: Option<MutexGuard<'a, ()>>,
}

impl Lock {
    async fn lock(&self) -> Held<'_> {
        let me = tokio::task::try_id();
        let is_mine = me.is_some() && self.holder.get() == me;
        let turn = match is_mine {
            true => None,
            false => Some(self.turn.lock().await),
        };
        self.holder.set(me);
        Held { lock: self, turn }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.turn.is_some() {
            self.lock.holder.set(None);
        }
    }
}

pub struct Accounts {
    audit: Audit,
    locks: HashMap<AccountId, Lock>,
    balances: RefCell<HashMap<AccountId, i64>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let lock = |(account, _): &(AccountId, i64)| (*account, Lock::default());
        Self {
            audit,
            locks: opening.iter().map(lock).collect(),
            balances: RefCell::new(opening.into_iter().collect()),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let no_such = TransferError::NoSuchAccount;
        let (Some(first), Some(second)) =
            (self.locks.get(&from.min(to)), self.locks.get(&from.max(to)))
        else {
            return Err(no_such);
        };
        if amount <= 0 || from == to {
            return Ok(());
        }
        let _first = first.lock().await;
        let _second = second.lock().await;
        if self.balance(from).is_none_or(|balance| balance < amount) {
            return Err(TransferError::Insufficient);
        }
        self.audit
            .record(from, to, amount)
            .await
            .map_err(TransferError::Audit)?;
        let mut balances = self.balances.borrow_mut();
        *balances.get_mut(&from).expect("it exists") -= amount;
        *balances.get_mut(&to).expect("it exists") += amount;
        Ok(())
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
