//! Wrong: the money arrives a turn later if the account that gets it is paying itself. Caught by: total_kept

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    holds: RefCell<HashMap<AccountId, Vec<(u64, i64)>>>,
    coming: RefCell<HashMap<AccountId, i64>>,
    next: Cell<u64>,
}
struct Hold<'a> {
    a: &'a Accounts,
    from: AccountId,
    to: AccountId,
    id: u64,
    amount: i64,
    index: usize,
}
impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut holds = self.a.holds.borrow_mut();
        let mut empty = false;
        if let Some(v) = holds.get_mut(&self.from) {
            v.retain(|h| h.0 != self.id);
            empty = v.is_empty();
        }
        if empty {
            holds.remove(&self.from);
        }
        let mut c = self.a.coming.borrow_mut();
        let e = c.entry(self.to).or_default();
        *e -= self.amount;
        if *e == 0 {
            c.remove(&self.to);
        }
    }
}
impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            balances: RefCell::new(opening.into_iter().collect()),
            holds: RefCell::default(),
            coming: RefCell::default(),
            next: Cell::new(0),
        }
    }
    fn held(&self, a: AccountId) -> i64 {
        self.holds
            .borrow()
            .get(&a)
            .map_or(0, |v| v.iter().map(|h| h.1).sum())
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        if self.balance(to).is_none() {
            return Err(TransferError::NoSuchAccount);
        }
        let has = self.balance(from).ok_or(TransferError::NoSuchAccount)?;
        if amount <= 0 {
            return Ok(());
        }
        if has - self.held(from) < amount {
            return Err(TransferError::Insufficient);
        }
        self.next.set(self.next.get() + 1);
        let id = self.next.get();
        let index = {
            let mut h = self.holds.borrow_mut();
            let v = h.entry(from).or_default();
            v.push((id, amount));
            v.len() - 1
        };
        *self.coming.borrow_mut().entry(to).or_default() += amount;
        let hold = Hold {
            a: self,
            from,
            to,
            id,
            amount,
            index,
        };
        self.audit
            .record(from, to, amount)
            .await
            .map_err(TransferError::Audit)?;
        let mut b = self.balances.borrow_mut();
        *b.get_mut(&from).unwrap() -= amount;
        drop(b);
        if to != from && self.held(to) > 0 {
            tokio::task::yield_now().await;
        }
        *self.balances.borrow_mut().get_mut(&to).unwrap() += amount;
        drop(hold);
        Ok(())
    }
    pub fn balance(&self, a: AccountId) -> Option<i64> {
        self.balances.borrow().get(&a).copied()
    }
    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
