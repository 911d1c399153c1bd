//! Optimistic: all read side by side, and read again if a write began meanwhile.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Notify;

/// What is known of an account.
#[derive(Default)]
struct Account {
    /// Counts the writes that have begun and ended.
    generation: Cell<u64>,
    writing: Cell<bool>,
    written: Notify,
}

impl Account {
    fn begin_writing(&self) -> Writing<'_> {
        self.writing.set(true);
        self.generation.set(self.generation.get() + 1);
        Writing(self)
    }
}

/// A write is under way until this is dropped.
struct Writing<'a>(&'a Account);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.writing.set(false);
        self.0.generation.set(self.0.generation.get() + 1);
        self.0.written.notify_waiters();
    }
}

pub struct Accounts {
    bank: Bank,
    known: RefCell<HashMap<AccountId, Weak<Account>>>,
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            known: RefCell::default(),
        }
    }

    fn account(&self, id: AccountId) -> Rc<Account> {
        let mut known = self.known.borrow_mut();
        if let Some(account) = known.get(&id).and_then(Weak::upgrade) {
            return account;
        }
        known.retain(|_, it| it.strong_count() > 0);
        let account = Rc::new(Account::default());
        known.insert(id, Rc::downgrade(&account));
        account
    }

    pub async fn deposit(&self, id: AccountId, amount: i64) -> Result<i64, BankError> {
        let account = self.account(id);
        loop {
            if account.writing.get() {
                account.written.notified().await;
                continue;
            }
            let seen = account.generation.get();
            let balance = self.bank.read(id).await?;
            if account.generation.get() != seen {
                continue;
            }
            let _writing = account.begin_writing();
            let balance = balance + amount;
            self.bank.write(id, balance).await?;
            return Ok(balance);
        }
    }
}
