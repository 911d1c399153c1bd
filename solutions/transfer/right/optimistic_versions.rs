//! Right: versions are compared after the record; if another transfer was faster, all begins anew with a record of its own.

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::RefCell;
use std::collections::BTreeMap;

#[derive(Clone, Copy)]
struct Account {
    held: i64,
    version: u64,
}

pub struct Accounts {
    audit: Audit,
    book: RefCell<BTreeMap<AccountId, Account>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let book = opening
            .into_iter()
            .map(|(id, held)| (id, Account { held, version: 0 }))
            .collect();
        Self {
            audit,
            book: RefCell::new(book),
        }
    }
    fn look(&self, id: AccountId) -> Result<Account, TransferError> {
        self.book
            .borrow()
            .get(&id)
            .copied()
            .ok_or(TransferError::NoSuchAccount)
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        loop {
            let (giver, taker) = (self.look(from)?, self.look(to)?);
            if amount <= 0 || from == to {
                return Ok(());
            }
            if giver.held < amount {
                return Err(TransferError::Insufficient);
            }
            self.audit.record(from, to, amount).await?;
            let mut book = self.book.borrow_mut();
            let unchanged =
                book[&from].version == giver.version && book[&to].version == taker.version;
            if unchanged {
                book.insert(
                    from,
                    Account {
                        held: giver.held - amount,
                        version: giver.version + 1,
                    },
                );
                book.insert(
                    to,
                    Account {
                        held: taker.held + amount,
                        version: taker.version + 1,
                    },
                );
                return Ok(());
            }
        }
    }
    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.book.borrow().get(&account).map(|it| it.held)
    }
    pub fn total(&self) -> i64 {
        self.book.borrow().values().map(|it| it.held).sum()
    }
}
