//! Wrong: all instances share the balances of one table. Caught by: total_kept

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

type Lock = Rc<tokio::sync::Mutex<()>>;

thread_local! {
    static BALANCES: RefCell<HashMap<AccountId, i64>> = RefCell::default();
}

pub struct Accounts {
    audit: Audit,
    locks: HashMap<AccountId, Lock>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let lock = |(account, _): &(AccountId, i64)| (*account, Lock::default());
        let locks = opening.iter().map(lock).collect();
        BALANCES.with_borrow_mut(|balances| {
            for (account, held) in opening {
                balances.entry(account).or_insert(held);
            }
        });
        Self { audit, locks }
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
            false => Some(second.lock().await),
        };
        self.check(from, to, amount)?;
        self.audit.record(from, to, amount).await?;
        self.shift(from, to, amount);
        Ok(())
    }

    fn check(&self, from: AccountId, to: AccountId, amount: i64) -> Result<(), TransferError> {
        let held = self.balance(from).ok_or(TransferError::NoSuchAccount)?;
        if self.balance(to).is_none() {
            return Err(TransferError::NoSuchAccount);
        }
        match held < amount {
            true => Err(TransferError::Insufficient),
            false => Ok(()),
        }
    }

    fn shift(&self, from: AccountId, to: AccountId, amount: i64) {
        if amount > 0 {
            BALANCES.with_borrow_mut(|balances| {
                *balances.entry(from).or_default() -= amount;
                *balances.entry(to).or_default() += amount;
            });
        }
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        BALANCES.with_borrow(|balances| balances.get(&account).copied())
    }

    pub fn total(&self) -> i64 {
        let held = |account: &AccountId| self.balance(*account).unwrap_or_default();
        self.locks.keys().map(held).sum()
    }
}
