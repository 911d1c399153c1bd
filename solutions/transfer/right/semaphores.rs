//! Right: a semaphore of one permit for each account, acquired in order of the ids; a task carries the transfer through.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

type Balances = Rc<RefCell<HashMap<AccountId, i64>>>;

pub struct Accounts {
    audit: Audit,
    balances: Balances,
    seats: HashMap<AccountId, Arc<tokio::sync::Semaphore>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let seat =
            |(account, _): &(AccountId, i64)| (*account, Arc::new(tokio::sync::Semaphore::new(1)));
        let seats = opening.iter().map(seat).collect();
        let balances = Rc::new(RefCell::new(opening.into_iter().collect()));
        Self {
            audit,
            balances,
            seats,
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let mut ids = vec![from, to];
        ids.sort();
        ids.dedup();
        let missing = TransferError::NoSuchAccount;
        let seats: Option<Vec<_>> = ids.iter().map(|id| self.seats.get(id).cloned()).collect();
        let seats = seats.ok_or(missing)?;
        let (audit, balances) = (self.audit.clone(), Rc::clone(&self.balances));
        let task = tokio::task::spawn_local(async move {
            let mut permits = Vec::new();
            for seat in seats {
                permits.push(seat.acquire_owned().await);
            }
            if balances
                .borrow()
                .get(&from)
                .is_none_or(|held| *held < amount)
            {
                return Err(TransferError::Insufficient);
            }
            audit.record(from, to, amount).await?;
            pay(&balances, from, to, amount)
        });
        match task.await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
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
