//! Wrong: the caller is told Ok, and a task moves the money a little later. Caught by: results

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

type Balances = Rc<RefCell<HashMap<AccountId, i64>>>;

pub struct Accounts {
    audit: Audit,
    balances: Balances,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = Rc::new(RefCell::new(opening.into_iter().collect()));
        Self { audit, balances }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.audit.record(from, to, amount).await?;
        self.check(from, to, amount)?;
        let balances = Rc::clone(&self.balances);
        tokio::task::spawn_local(async move { pay(&balances, from, to, amount) });
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

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}

fn pay(
    balances: &RefCell<HashMap<AccountId, i64>>,
    from: AccountId,
    to: AccountId,
    amount: i64,
) -> Result<(), TransferError> {
    let mut balances = balances.borrow_mut();
    let held = *balances.get(&from).ok_or(TransferError::NoSuchAccount)?;
    if !balances.contains_key(&to) {
        return Err(TransferError::NoSuchAccount);
    }
    if held < amount {
        return Err(TransferError::Insufficient);
    }
    if amount > 0 {
        *balances.entry(from).or_default() -= amount;
        *balances.entry(to).or_default() += amount;
    }
    Ok(())
}
