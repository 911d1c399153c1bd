//! Wrong: a reservation that is older than a day is given up when the next transfer comes. Caught by: never_negative

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use std::time::Duration;
use tokio::time::Instant;
pub struct Accounts {
    audit: Audit,
    held: RefCell<HashMap<AccountId, i64>>,
    res: RefCell<Vec<(Instant, Rc<()>, AccountId, i64)>>,
}
struct Hold<'a>(&'a Accounts, Rc<()>);
impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0
            .res
            .borrow_mut()
            .retain(|r| !Rc::ptr_eq(&r.1, &self.1));
    }
}
impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            held: RefCell::new(opening.into_iter().collect()),
            res: RefCell::default(),
        }
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        if self.balance(from).is_none() || self.balance(to).is_none() {
            return Err(TransferError::NoSuchAccount);
        }
        if amount <= 0 || from == to {
            return Ok(());
        }
        self.res
            .borrow_mut()
            .retain(|r| r.0.elapsed() < Duration::from_secs(86_400));
        let reserved: i64 = self
            .res
            .borrow()
            .iter()
            .filter(|r| r.2 == from)
            .map(|r| r.3)
            .sum();
        if self.balance(from).unwrap() - reserved < amount {
            return Err(TransferError::Insufficient);
        }
        let hold = Hold(self, Rc::new(()));
        self.res
            .borrow_mut()
            .push((Instant::now(), hold.1.clone(), from, amount));
        self.audit
            .record(from, to, amount)
            .await
            .map_err(TransferError::Audit)?;
        drop(hold);
        let mut held = self.held.borrow_mut();
        *held.get_mut(&from).unwrap() -= amount;
        *held.get_mut(&to).unwrap() += amount;
        Ok(())
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.held.borrow().get(&account).copied()
    }
    pub fn total(&self) -> i64 {
        self.held.borrow().values().sum()
    }
}
