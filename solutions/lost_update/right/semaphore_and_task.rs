//! Right: a semaphore per account; the deposit is a task of its own, which goes on when its caller is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Semaphore;

type Places = Arc<Mutex<HashMap<AccountId, Arc<Semaphore>>>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    places: Places,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let places = Places::default();
        Self { bank, places }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let stake = Stake::of(&self.places, account);
        let bank = self.bank.clone();
        let task = tokio::spawn(async move {
            let _place = stake.place.acquire().await.expect("it is never closed");
            let balance = bank.read(account).await? + amount;
            bank.write(account, balance).await?;
            Ok(balance)
        });
        task.await.expect("the bank panicked")
    }
}

/// Keeps a semaphore in the map while a deposit wants it.
struct Stake {
    places: Places,
    account: AccountId,
    place: Arc<Semaphore>,
}

impl Stake {
    fn of(places: &Places, account: AccountId) -> Stake {
        let mut map = places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = map
            .entry(account)
            .or_insert_with(|| Arc::new(Semaphore::new(1)));
        Stake {
            account,
            place: Arc::clone(place),
            places: Arc::clone(places),
        }
    }
}

impl Drop for Stake {
    fn drop(&mut self) {
        let mut map = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::strong_count(&self.place) == 2 {
            map.remove(&self.account);
        }
    }
}
