//! Wrong: accounts share sixteen locks, so some strangers wait for each other. Caught by: independent

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    shards: [tokio::sync::Mutex<()>; 16],
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        let shards = Default::default();
        Self {
            audit,
            balances,
            shards,
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let mut shards = vec![from.0 % 16, to.0 % 16];
        shards.sort();
        shards.dedup();
        let mut guards = Vec::new();
        for shard in shards {
            guards.push(self.shards[shard as usize].lock().await);
        }
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
