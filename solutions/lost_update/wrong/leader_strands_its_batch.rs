//! Wrong: the first deposit writes for all who come; when its caller is dropped, nobody tells the others. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::oneshot;

type Follower = (i64, oneshot::Sender<Result<i64, BankError>>);

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    // An account is in it while a leader works on it.
    followers: RefCell<HashMap<AccountId, Vec<Follower>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let followers = RefCell::default();
        Self { bank, followers }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let leads = !self.followers.borrow().contains_key(&account);
        if !leads {
            let (word, ended) = oneshot::channel();
            let mut followers = self.followers.borrow_mut();
            followers.entry(account).or_default().push((amount, word));
            drop(followers);
            return ended.await.expect("the leader tells everybody");
        }
        self.followers.borrow_mut().insert(account, Vec::new());
        let mine = self.add(account, amount).await;
        // The others, for as long as some have come meanwhile.
        while let Some(batch) = self.batch(account) {
            let sum = batch.iter().map(|(amount, _)| amount).sum();
            let made = self.add(account, sum).await;
            for (_, follower) in batch {
                let _ = follower.send(made.clone());
            }
        }
        mine
    }

    fn batch(&self, account: AccountId) -> Option<Vec<Follower>> {
        let mut followers = self.followers.borrow_mut();
        let batch = followers.remove(&account).unwrap_or_default();
        if batch.is_empty() {
            return None;
        }
        followers.insert(account, Vec::new());
        Some(batch)
    }

    async fn add(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}
