//! Right: each deposit is a task that first awaits the end of the one before it in its account.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};
use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

/// Done when the last deposit in an account has ended.
type Tail = Shared<LocalBoxFuture<'static, ()>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    tails: Rc<RefCell<HashMap<AccountId, Tail>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let tails = Rc::default();
        Self { bank, tails }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let (end, ended) = oneshot::channel::<()>();
        // The sender is never used: it ends by being dropped, a panic included.
        let tail = ended.map(drop).boxed_local().shared();
        let before = self.tails.borrow_mut().insert(account, tail.clone());
        let (bank, tails) = (self.bank.clone(), Rc::clone(&self.tails));
        let task = spawn_local(async move {
            let _end = End {
                tails,
                account,
                tail,
                _sender: end,
            };
            if let Some(before) = before {
                before.await;
            }
            let balance = bank.read(account).await? + amount;
            bank.write(account, balance).await?;
            Ok(balance)
        });
        task.await.expect("the bank panicked")
    }
}

/// The end of one deposit. The last of an account takes it out of the map.
struct End {
    tails: Rc<RefCell<HashMap<AccountId, Tail>>>,
    account: AccountId,
    tail: Tail,
    _sender: oneshot::Sender<()>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut tails = self.tails.borrow_mut();
        let last = tails.get(&self.account);
        if last.is_some_and(|last| last.ptr_eq(&self.tail)) {
            tails.remove(&self.account);
        }
    }
}
