//! Wrong: after a panic what was held is given back twice, at the cost of another transfer. Caught by: panic_contained

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::RefCell;
use std::collections::HashMap;
#[derive(Default, Clone, Copy)]
struct A {
    balance: i64,
    held: i64,
}
type Book = RefCell<HashMap<AccountId, A>>;
pub struct Accounts {
    audit: Audit,
    book: Book,
}
struct Hold<'a>(&'a Book, AccountId, i64);
impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let h = self.0.borrow()[&self.1].held;
            self.2 = h.min(2 * self.2);
        }
        self.0.borrow_mut().get_mut(&self.1).unwrap().held -= self.2;
    }
}
impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            book: RefCell::new(
                opening
                    .into_iter()
                    .map(|(i, b)| {
                        (
                            i,
                            A {
                                balance: b,
                                held: 0,
                            },
                        )
                    })
                    .collect(),
            ),
        }
    }
    pub fn balance(&self, a: AccountId) -> Option<i64> {
        self.book.borrow().get(&a).map(|a| a.balance)
    }
    pub fn total(&self) -> i64 {
        self.book.borrow().values().map(|a| a.balance).sum()
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let a = {
            let b = self.book.borrow();
            if !b.contains_key(&to) {
                return Err(TransferError::NoSuchAccount);
            }
            *b.get(&from).ok_or(TransferError::NoSuchAccount)?
        };
        if amount <= 0 {
            return Ok(());
        }
        if a.balance - a.held < amount {
            return Err(TransferError::Insufficient);
        }
        self.book.borrow_mut().get_mut(&from).unwrap().held += amount;
        let _hold = Hold(&self.book, from, amount);
        if let Err(e) = self.audit.record(from, to, amount).await {
            return Err(TransferError::Audit(e));
        }
        {
            let mut b = self.book.borrow_mut();
            b.get_mut(&from).unwrap().balance -= amount;
            b.get_mut(&to).unwrap().balance += amount;
        }
        Ok(())
    }
}
