//! Wrong: balances have 32 bits. Caught by: total_kept

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::Notify;

#[derive(Default)]
struct Account {
    held: Cell<i32>,
    promised: Cell<i64>,
    changed: Notify,
}

impl Account {
    fn free(&self) -> i64 {
        self.held.get() as i64 - self.promised.get()
    }
}

pub struct Accounts {
    audit: Audit,
    all: HashMap<AccountId, Rc<Account>>,
}

struct Promise {
    account: Rc<Account>,
    amount: i64,
}
impl Promise {
    fn new(account: &Rc<Account>, amount: i64) -> Self {
        account.promised.set(account.promised.get() + amount);
        Promise {
            account: Rc::clone(account),
            amount,
        }
    }
}
impl Drop for Promise {
    fn drop(&mut self) {
        self.account
            .promised
            .set(self.account.promised.get() - self.amount);
        self.account.changed.notify_waiters();
    }
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let all = opening
            .into_iter()
            .map(|(id, held)| {
                (
                    id,
                    Rc::new(Account {
                        held: Cell::new(held as i32),
                        ..Account::default()
                    }),
                )
            })
            .collect();
        Self { audit, all }
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let giver = self.all.get(&from).ok_or(TransferError::NoSuchAccount)?;
        let taker = self.all.get(&to).ok_or(TransferError::NoSuchAccount)?;
        if amount <= 0 {
            return Ok(());
        }
        let promise = loop {
            let changed = giver.changed.notified();
            if (giver.held.get() as i64) < amount {
                return Err(TransferError::Insufficient);
            }
            if giver.free() >= amount {
                break Promise::new(giver, amount);
            }
            changed.await;
        };
        self.audit.record(from, to, amount).await?;
        giver.held.set(giver.held.get() - amount as i32);
        taker.held.set(taker.held.get() + amount as i32);
        drop(promise);
        taker.changed.notify_waiters();
        Ok(())
    }
    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.all.get(&account).map(|it| it.held.get() as i64)
    }
    pub fn total(&self) -> i64 {
        self.all.values().map(|it| it.held.get() as i64).sum()
    }
}
