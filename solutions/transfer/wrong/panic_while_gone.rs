//! Wrong: a record that panics when its caller is gone keeps the accounts. Caught by: panic_contained

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::sync::Notify;

#[derive(Default)]
struct Books {
    balances: RefCell<HashMap<AccountId, i64>>,
    busy: RefCell<HashSet<AccountId>>,
    freed: Notify,
}

pub struct Accounts {
    audit: Audit,
    books: Rc<Books>,
}

impl Books {
    fn claim(&self, both: [AccountId; 2]) -> bool {
        let mut busy = self.busy.borrow_mut();
        let free = both.iter().all(|id| !busy.contains(id));
        if free {
            busy.extend(both);
        }
        free
    }

    fn free(&self, both: [AccountId; 2]) {
        for id in both {
            self.busy.borrow_mut().remove(&id);
        }
        self.freed.notify_waiters();
    }
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let books = Books::default();
        books.balances.borrow_mut().extend(opening);
        Self {
            audit,
            books: Rc::new(books),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let both = [from, to];
        loop {
            let freed = self.books.freed.notified();
            if self.books.claim(both) {
                break;
            }
            freed.await;
        }
        let (audit, books) = (self.audit.clone(), Rc::clone(&self.books));
        let task = tokio::task::spawn_local(async move {
            let done = make(&audit, &books, from, to, amount).await;
            books.free(both);
            done
        });
        match task.await {
            Ok(done) => done,
            Err(error) => {
                // It panicked before it could give the accounts back.
                self.books.free(both);
                std::panic::resume_unwind(error.into_panic())
            }
        }
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.books.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.books.balances.borrow().values().sum()
    }
}

async fn make(
    audit: &Audit,
    books: &Books,
    from: AccountId,
    to: AccountId,
    amount: i64,
) -> Result<(), TransferError> {
    let (held, other) = {
        let balances = books.balances.borrow();
        (balances.get(&from).copied(), balances.get(&to).copied())
    };
    let (Some(held), Some(_)) = (held, other) else {
        return Err(TransferError::NoSuchAccount);
    };
    if held < amount {
        return Err(TransferError::Insufficient);
    }
    audit.record(from, to, amount).await?;
    if amount > 0 {
        let mut balances = books.balances.borrow_mut();
        *balances.entry(from).or_default() -= amount;
        *balances.entry(to).or_default() += amount;
    }
    Ok(())
}
