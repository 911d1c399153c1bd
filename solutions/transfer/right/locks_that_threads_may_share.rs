//! Right: locks in order with types that could go to other threads; balances are atomics.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::sync::{Mutex, OwnedMutexGuard};

struct Account {
    lock: Arc<Mutex<()>>,
    balance: AtomicI64,
}

pub struct Accounts {
    audit: Audit,
    accounts: Arc<BTreeMap<AccountId, Account>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let account = |(id, balance)| {
            let account = Account {
                lock: Arc::default(),
                balance: AtomicI64::new(balance),
            };
            (id, account)
        };
        let accounts = Arc::new(opening.into_iter().map(account).collect());
        Self { audit, accounts }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let find = |id| self.accounts.get(&id).ok_or(TransferError::NoSuchAccount);
        let (payer, payee) = (find(from)?, find(to)?);
        let mut ids = vec![from, to];
        ids.sort();
        ids.dedup();
        let mut guards: Vec<OwnedMutexGuard<()>> = Vec::new();
        for id in ids {
            guards.push(Arc::clone(&find(id)?.lock).lock_owned().await);
        }
        if payer.balance.load(Ordering::Relaxed) < amount {
            return Err(TransferError::Insufficient);
        }
        self.audit.record(from, to, amount).await?;
        if amount > 0 {
            payer.balance.fetch_sub(amount, Ordering::Relaxed);
            payee.balance.fetch_add(amount, Ordering::Relaxed);
        }
        Ok(())
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        let account = self.accounts.get(&account)?;
        Some(account.balance.load(Ordering::Relaxed))
    }

    pub fn total(&self) -> i64 {
        let all = self.accounts.values();
        all.map(|account| account.balance.load(Ordering::Relaxed))
            .sum()
    }
}
