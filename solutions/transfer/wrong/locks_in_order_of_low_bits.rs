//! Wrong: takes locks in the order of the ids' lowest eight bits, which two accounts may share. Caught by: no_deadlock

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use tokio::sync::Mutex;

#[derive(Default)]
struct Account {
    turn: Mutex<()>,
    held: AtomicI64,
}

pub struct Accounts {
    audit: Audit,
    all: HashMap<AccountId, Account>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            all: opening
                .into_iter()
                .map(|(a, b)| {
                    (
                        a,
                        Account {
                            turn: Mutex::new(()),
                            held: b.into(),
                        },
                    )
                })
                .collect(),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let payer = self.all.get(&from).ok_or(TransferError::NoSuchAccount)?;
        let payee = self.all.get(&to).ok_or(TransferError::NoSuchAccount)?;
        if amount <= 0 {
            return Ok(());
        }
        let (first, second) = if (from.0 as u8) < (to.0 as u8) {
            (payer, payee)
        } else {
            (payee, payer)
        };
        let _first = first.turn.lock().await;
        let _second = if from != to {
            Some(second.turn.lock().await)
        } else {
            None
        };
        if payer.held.load(SeqCst) < amount {
            return Err(TransferError::Insufficient);
        }
        self.audit.record(from, to, amount).await?;
        payer.held.fetch_sub(amount, SeqCst);
        payee.held.fetch_add(amount, SeqCst);
        Ok(())
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.all.get(&account).map(|a| a.held.load(SeqCst))
    }

    pub fn total(&self) -> i64 {
        self.all.values().map(|a| a.held.load(SeqCst)).sum()
    }
}
