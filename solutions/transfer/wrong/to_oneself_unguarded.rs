//! Wrong: a transfer to oneself that is dropped keeps the account. Caught by: odd_amounts

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::sync::oneshot;

pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
    lines: RefCell<HashMap<AccountId, VecDeque<oneshot::Sender<()>>>>,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        let lines = RefCell::default();
        Self {
            audit,
            balances,
            lines,
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        self.check(from, to, i64::MIN)?;
        if from == to {
            // Nothing to move, but it is recorded in its turn.
            self.lock(from).await;
            let done = match self.check(from, to, amount) {
                Ok(()) => self.audit.record(from, to, amount).await,
                Err(error) => {
                    self.unlock(from);
                    return Err(error);
                }
            };
            self.unlock(from);
            return Ok(done?);
        }
        let mut both = vec![from, to];
        both.sort();
        both.dedup();
        let mut held = Held(self, Vec::new());
        for id in both {
            self.lock(id).await;
            held.1.push(id);
        }
        self.check(from, to, amount)?;
        self.audit.record(from, to, amount).await?;
        self.shift(from, to, amount);
        Ok(())
    }

    async fn lock(&self, id: AccountId) {
        let wait = {
            let mut lines = self.lines.borrow_mut();
            match lines.get_mut(&id) {
                None => {
                    lines.insert(id, VecDeque::new());
                    return;
                }
                Some(line) => {
                    let (go, wait) = oneshot::channel();
                    line.push_back(go);
                    wait
                }
            }
        };
        let mut asked = Asked(self, id, Some(wait));
        let _ = asked.2.as_mut().unwrap().await;
        asked.2 = None;
    }

    fn unlock(&self, id: AccountId) {
        let mut lines = self.lines.borrow_mut();
        if let Some(line) = lines.get_mut(&id) {
            while let Some(go) = line.pop_front() {
                if go.send(()).is_ok() {
                    return;
                }
            }
            lines.remove(&id);
        }
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

/// Who was called and is dropped before it runs passes the lock on.
struct Asked<'a>(&'a Accounts, AccountId, Option<oneshot::Receiver<()>>);

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if let Some(mut wait) = self.2.take() {
            wait.close();
            if wait.try_recv().is_ok() {
                self.0.unlock(self.1);
            }
        }
    }
}

struct Held<'a>(&'a Accounts, Vec<AccountId>);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        for id in &self.1 {
            self.0.unlock(*id);
        }
    }
}
