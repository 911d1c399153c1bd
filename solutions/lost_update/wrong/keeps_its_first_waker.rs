//! Wrong: a lock by hand keeps the waker of a caller's first poll for good. Caught by: answered

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use kit::bank::{AccountId, Bank, BankError};
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
