//! Wrong: the lock lets its holder in again, and knows it by its task, in which another deposit may run. Caught by: kept

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
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
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Lock>>>,
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        let locks = RefCell::default();
        Self { bank, locks }
    }

    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let _own = Own(self, account);
        let lock = Rc::clone(self.locks.borrow_mut().entry(account).or_default());
        let _turn = lock.lock().await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}

/// Forgets the lock with its last user.
struct Own<'a>(&'a Accounts, AccountId);

impl Drop for Own<'_> {
    fn drop(&mut self) {
        let mut locks = self.0.locks.borrow_mut();
        if locks
            .get(&self.1)
            .is_some_and(|lock| Rc::strong_count(lock) == 1)
        {
            locks.remove(&self.1);
        }
    }
}
