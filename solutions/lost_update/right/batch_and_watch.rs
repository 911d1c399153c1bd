//! Right: the first deposit of a batch spawns its write, later ones join until that begins; all watch for the end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::watch;

type Ended = Option<Result<i64, BankError>>;

/// A batch that can still be joined.
struct Open {
    sum: i64,
    ended: watch::Receiver<Ended>,
}

#[derive(Default)]
struct Account {
    open: Option<Open>,
    // Batches take turns.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone, Default)]
struct Ledger(Arc<Mutex<HashMap<AccountId, Account>>>);

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    ledger: Ledger,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let ledger = Ledger::default();
        Self { bank, ledger }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let mut ended = self.join(account, amount);
        let ended = ended.wait_for(Option::is_some).await;
        let ended = ended.expect("the bank panicked").clone();
        ended.expect("it was waited for")
    }

    fn join(&self, account: AccountId, amount: i64) -> watch::Receiver<Ended> {
        let mut ledger = self.ledger.lock();
        let entry = ledger.entry(account).or_default();
        if let Some(open) = &mut entry.open {
            open.sum += amount;
            return open.ended.clone();
        }
        let (tell, ended) = watch::channel(None);
        entry.open = Some(Open {
            sum: amount,
            ended: ended.clone(),
        });
        let turn = Arc::clone(&entry.turn);
        let (bank, ledger) = (self.bank.clone(), self.ledger.clone());
        let mut batch = Batch {
            ledger,
            account,
            is_open: true,
        };
        tokio::spawn(async move {
            let held = turn.lock_owned().await;
            let made = batch.write(&bank).await;
            drop(held);
            drop(batch);
            tell.send_replace(Some(made));
        });
        ended
    }
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, HashMap<AccountId, Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A batch on its way. The one behind it is opened only when this one is closed.
struct Batch {
    ledger: Ledger,
    account: AccountId,
    is_open: bool,
}

impl Batch {
    async fn write(&mut self, bank: &Bank) -> Result<i64, BankError> {
        let before = bank.read(self.account).await;
        // Those who came while the balance was read are taken along, also into an error.
        let sum = self.close();
        let balance = before? + sum;
        bank.write(self.account, balance).await?;
        Ok(balance)
    }

    fn close(&mut self) -> i64 {
        self.is_open = false;
        let mut ledger = self.ledger.lock();
        let open = ledger.get_mut(&self.account).and_then(|it| it.open.take());
        open.map_or(0, |open| open.sum)
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        if self.is_open {
            // The read panicked.
            self.close();
        }
        let mut ledger = self.ledger.lock();
        let Some(account) = ledger.get(&self.account) else {
            return;
        };
        if account.open.is_none() && Arc::strong_count(&account.turn) == 1 {
            ledger.remove(&self.account);
        }
    }
}
