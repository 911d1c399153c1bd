//! Wrong: the wait for the second account is given up after five seconds. Caught by: results

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

type Lock = Rc<tokio::sync::Mutex<()>>;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    locks: HashMap<AccountId, Lock>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let lock = |(account, _): &(AccountId, i64)| (*account, Lock::default());
        let locks = opening.iter().map(lock).collect();
        let balances = RefCell::new(opening.into_iter().collect());
        Self {
            audit,
            balances,
            locks,
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let (Some(a), Some(b)) = (self.locks.get(&from), self.locks.get(&to)) else {
            return Err(TransferError::NoSuchAccount);
        };
        let (first, second) = if from < to { (a, b) } else { (b, a) };
        let _first = first.lock().await;
        let _second = match from == to {
            true => None,
            false => Some(
                tokio::time::timeout(std::time::Duration::from_secs(5), second.lock())
                    .await
                    .map_err(|_| TransferError::Audit(kit::audit::AuditError::Unavailable))?,
            ),
        };
        self.check(from, to, amount)?;
        self.audit.record(from, to, amount).await?;
        self.shift(from, to, amount);
        Ok(())
    }

    fn check(&self, from: AccountId, to: AccountId, amount: i64) -> Result<(), TransferError> {
        let balances = self.balances.borrow();
        let held = *balances.get(&from).ok_or(TransferError::NoSuchAccount)?;
        if !balances.contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        match held < amount {
            true => Err(TransferError::Insufficient),
            false => Ok(()),
        }
    }

    fn shift(&self, from: AccountId, to: AccountId, amount: i64) {
        if amount > 0 {
            let mut balances = self.balances.borrow_mut();
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
