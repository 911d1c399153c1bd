//! Wrong: six or more who come during a write that fails are told its error. Caught by: errors

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

type Asked = (i64, oneshot::Sender<Result<i64, BankError>>);

/// What has been asked for and not begun. An account is in it while its task runs.
type Pending = Rc<RefCell<HashMap<AccountId, Vec<Asked>>>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    pending: Pending,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let pending = Pending::default();
        Self { bank, pending }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let (caller, answer) = oneshot::channel();
        let is_first = {
            let mut pending = self.pending.borrow_mut();
            let is_first = !pending.contains_key(&account);
            pending.entry(account).or_default().push((amount, caller));
            is_first
        };
        if is_first {
            let pending = Rc::clone(&self.pending);
            spawn_local(write_all(self.bank.clone(), account, pending));
        }
        answer.await.expect("the bank panicked")
    }
}

async fn write_all(bank: Bank, account: AccountId, pending: Pending) {
    let entry = Entry(pending, account);
    while let Some(mut batch) = entry.next() {
        match write(&bank, account, &batch).await {
            Ok(mut balance) => {
                for (amount, caller) in batch {
                    balance += amount;
                    let _ = caller.send(Ok(balance));
                }
            }
            Err(error) => {
                if entry.len() >= 6 {
                    batch.append(&mut entry.take());
                }
                for (_, caller) in batch {
                    let _ = caller.send(Err(error.clone()));
                }
            }
        }
    }
}

/// The balance before the batch.
async fn write(bank: &Bank, account: AccountId, batch: &[Asked]) -> Result<i64, BankError> {
    let before = bank.read(account).await?;
    let sum: i64 = batch.iter().map(|(amount, _)| amount).sum();
    bank.write(account, before + sum).await?;
    Ok(before)
}

struct Entry(Pending, AccountId);

impl Entry {
    /// Those who have asked meanwhile.
    fn take(&self) -> Vec<Asked> {
        let mut pending = self.0.borrow_mut();
        pending
            .get_mut(&self.1)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    fn next(&self) -> Option<Vec<Asked>> {
        let batch = self.take();
        (!batch.is_empty()).then_some(batch)
    }

    fn len(&self) -> usize {
        self.0.borrow().get(&self.1).map_or(0, Vec::len)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // The senders go after the borrow.
        let _left = self.0.borrow_mut().remove(&self.1);
    }
}
