//! Wrong: a lock is forgotten when there are more than sixty-four, also while it is in use. Caught by: kept

use kit::bank::{AccountId, Bank, BankError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::Mutex;

const KEPT: usize = 64;
type Known = Option<i64>;

/// Locks that know their balance; idle ones beyond a few are forgotten, the least used first.
pub struct Accounts {
    bank: Bank,
    all: RefCell<HashMap<AccountId, (u64, Rc<Mutex<Known>>)>>,
    time: RefCell<u64>,
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            all: RefCell::default(),
            time: RefCell::default(),
        }
    }
    fn lock_of(&self, account: AccountId) -> Rc<Mutex<Known>> {
        let mut all = self.all.borrow_mut();
        let mut time = self.time.borrow_mut();
        *time += 1;
        while all.len() >= KEPT {
            let idle = all.iter();
            let Some(oldest) = idle.min_by_key(|(_, it)| it.0).map(|(id, _)| *id) else {
                break;
            };
            all.remove(&oldest);
        }
        let entry = all.entry(account).or_default();
        entry.0 = *time;
        entry.1.clone()
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let lock = self.lock_of(account);
        let mut known = lock.lock().await;
        // Taken out: if this is dropped or fails, only the bank knows.
        let before = match known.take() {
            Some(it) => it,
            None => self.bank.read(account).await?,
        };
        let after = before + amount;
        self.bank.write(account, after).await?;
        *known = Some(after);
        Ok(after)
    }
}
