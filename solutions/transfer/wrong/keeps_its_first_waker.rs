//! Wrong: a lock by hand keeps the waker of a caller's first poll for good. Caught by: no_deadlock

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
/// A lock with a line.
#[derive(Default)]
struct Lock {
    line: RefCell<VecDeque<(u64, Option<Waker>)>>,
    tickets: Cell<u64>,
}

struct Held<'a> {
    lock: &'a Lock,
    ticket: u64,
}

impl Lock {
    async fn lock(&self) -> Held<'_> {
        let ticket = self.tickets.get();
        self.tickets.set(ticket + 1);
        self.line.borrow_mut().push_back((ticket, None));
        let held = Held { lock: self, ticket };
        poll_fn(|context| held.poll(context)).await;
        held
    }
}

impl Held<'_> {
    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut line = self.lock.line.borrow_mut();
        if line.front().is_some_and(|(first, _)| *first == self.ticket) {
            return Poll::Ready(());
        }
        let own = line.iter_mut().find(|(ticket, _)| *ticket == self.ticket);
        let (_, waker) = own.expect("it is in line");
        waker.get_or_insert_with(|| context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut line = self.lock.line.borrow_mut();
        line.retain(|(ticket, _)| *ticket != self.ticket);
        if let Some((_, Some(waker))) = line.front() {
            waker.wake_by_ref();
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
