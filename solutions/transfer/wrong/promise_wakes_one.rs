//! Wrong: money that comes free calls one of those that wait for it, and one that is refused calls nobody. Caught by: no_deadlock

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::Notify;

#[derive(Default)]
struct Account {
    held: Cell<i64>,
    promised: Cell<i64>,
    changed: Notify,
}

impl Account {
    fn free(&self) -> i64 {
        self.held.get() - self.promised.get()
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
        self.account.changed.notify_one();
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
                        held: Cell::new(held),
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
            if giver.held.get() < amount {
                return Err(TransferError::Insufficient);
            }
            if giver.free() >= amount {
                break Promise::new(giver, amount);
            }
            changed.await;
        };
        self.audit.record(from, to, amount).await?;
        giver.held.set(giver.held.get() - amount);
        taker.held.set(taker.held.get() + amount);
        drop(promise);
        Ok(())
    }
    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.all.get(&account).map(|it| it.held.get())
    }
    pub fn total(&self) -> i64 {
        self.all.values().map(|it| it.held.get()).sum()
    }
}
