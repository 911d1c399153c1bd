//! Wrong: a write that takes more than five seconds is given up. Caught by: errors

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    turns: RefCell<Turns>,
}

// A lock stays in the map as long as some deposit holds it or waits for it.
type Turns = HashMap<AccountId, Rc<Mutex<()>>>;

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let turns = RefCell::default();
        Self { bank, turns }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = Rc::clone(self.turns.borrow_mut().entry(account).or_default());
        let turns = &self.turns;
        let turn = Turn {
            turns,
            account,
            lock,
        };
        // The lock of one account, and of a kind that may be held across an await.
        let _held = turn.lock.lock().await;
        // Read inside the lock, every time: after an error or a dropped caller only the
        // bank knows what it holds.
        let balance = self.bank.read(account).await? + amount;
        tokio::time::timeout(
            std::time::Duration::from_secs(5),
            self.bank.write(account, balance),
        )
        .await
        .unwrap_or(Err(BankError::Unavailable))?;
        Ok(balance)
    }
}

/// One deposit's stake in a lock. Giving it up is a `Drop`, because no line after an
/// await runs when the caller is dropped there.
struct Turn<'a> {
    turns: &'a RefCell<Turns>,
    account: AccountId,
    lock: Rc<Mutex<()>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Two owners are the map and this deposit: nobody else wants the lock.
        if Rc::strong_count(&self.lock) == 2 {
            self.turns.borrow_mut().remove(&self.account);
        }
    }
}
