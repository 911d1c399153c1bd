//! Right: what a transfer holds is given back by a task that its guard starts.

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

#[derive(Debug, Default)]
struct Account {
    balance: i64,
    held: i64,
}
type Books = Arc<RwLock<HashMap<AccountId, Arc<RwLock<Account>>>>>;
pub struct Accounts {
    audit: Arc<Audit>,
    books: Books,
}
struct Hold {
    account: Arc<RwLock<Account>>,
    amount: i64,
}
impl Hold {
    fn take(account: &Arc<RwLock<Account>>, amount: i64) -> Option<Hold> {
        let mut a = account.write().unwrap();
        if a.balance - a.held < amount {
            return None;
        }
        a.held += amount;
        Some(Hold {
            account: account.clone(),
            amount,
        })
    }
    fn spend(mut self) {
        let mut a = self.account.write().unwrap();
        a.held -= self.amount;
        a.balance -= self.amount;
        drop(a);
        self.amount = 0;
    }
}
impl Drop for Hold {
    fn drop(&mut self) {
        if self.amount == 0 {
            return;
        }
        let (account, amount) = (self.account.clone(), self.amount);
        tokio::spawn(async move {
            account.write().unwrap().held -= amount;
        });
    }
}
impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let books = opening
            .into_iter()
            .map(|(id, balance)| (id, Arc::new(RwLock::new(Account { balance, held: 0 }))))
            .collect();
        Self {
            audit: Arc::new(audit),
            books: Arc::new(RwLock::new(books)),
        }
    }
    fn find(&self, id: AccountId) -> Result<Arc<RwLock<Account>>, TransferError> {
        self.books
            .read()
            .unwrap()
            .get(&id)
            .cloned()
            .ok_or(TransferError::NoSuchAccount)
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let (source, target) = (self.find(from)?, self.find(to)?);
        if amount <= 0 {
            return Ok(());
        }
        let hold = Hold::take(&source, amount).ok_or(TransferError::Insufficient)?;
        match self.audit.record(from, to, amount).await {
            Ok(()) => {
                hold.spend();
                target.write().unwrap().balance += amount;
                Ok(())
            }
            Err(e) => Err(TransferError::Audit(e)),
        }
    }
    pub fn balance(&self, id: AccountId) -> Option<i64> {
        self.find(id).ok().map(|a| a.read().unwrap().balance)
    }
    pub fn total(&self) -> i64 {
        self.books
            .read()
            .unwrap()
            .values()
            .map(|a| a.read().unwrap().balance)
            .sum()
    }
}
