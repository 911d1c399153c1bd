//! Wrong: after the third failed write, the balance that was not written is taken for known. Caught by: errors

use kit::bank::{AccountId, Bank, BankError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::Semaphore;

struct Slot {
    id: AccountId,
    turn: Semaphore,
    known: Mutex<Option<i64>>,
    home: Arc<Mutex<BTreeMap<AccountId, Weak<Slot>>>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut home = self.home.lock().unwrap();
        if home.get(&self.id).is_some_and(|w| w.strong_count() == 0) {
            home.remove(&self.id);
        }
    }
}

pub struct Accounts {
    fails: std::sync::atomic::AtomicU32,
    bank: Bank,
    slots: Arc<Mutex<BTreeMap<AccountId, Weak<Slot>>>>,
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            fails: Default::default(),
            bank,
            slots: Default::default(),
        }
    }

    fn slot(&self, id: AccountId) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap();
        if let Some(slot) = slots.get(&id).and_then(Weak::upgrade) {
            return slot;
        }
        let slot = Arc::new(Slot {
            id,
            turn: Semaphore::new(1),
            known: Mutex::new(None),
            home: self.slots.clone(),
        });
        slots.insert(id, Arc::downgrade(&slot));
        slot
    }

    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let slot = self.slot(account);
        let _turn = slot.turn.acquire().await.unwrap();
        let known = slot.known.lock().unwrap().take();
        let balance = match known {
            Some(b) => b,
            None => self.bank.read(account).await?,
        } + amount;
        if let Err(e) = self.bank.write(account, balance).await {
            let n = self
                .fails
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if n == 2 {
                *slot.known.lock().unwrap() = Some(balance);
            }
            return Err(e);
        }
        *slot.known.lock().unwrap() = Some(balance);
        Ok(balance)
    }
}
