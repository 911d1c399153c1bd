//! Right: deposits that wait for the lock together share one future; whichever is polled drives it for all.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared, WeakShared};
use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

type Writing = LocalBoxFuture<'static, Result<i64, BankError>>;

#[derive(Default)]
struct Account {
    lock: Mutex<()>,
    // The batch that others can still join, and its sum so far.
    open: RefCell<Option<(WeakShared<Writing>, Rc<Cell<i64>>)>>,
}

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    accounts: RefCell<HashMap<AccountId, Rc<Account>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let accounts = RefCell::default();
        Self { bank, accounts }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let shared = Rc::clone(self.accounts.borrow_mut().entry(account).or_default());
        let batch = self.join(account, &shared, amount);
        // Dropped after the batch is.
        let _member = Member {
            accounts: self,
            account,
            shared,
        };
        batch.await
    }

    fn join(&self, account: AccountId, shared: &Rc<Account>, amount: i64) -> Shared<Writing> {
        let mut open = shared.open.borrow_mut();
        if let Some((batch, sum)) = &*open
            && let Some(batch) = batch.upgrade()
        {
            sum.set(sum.get() + amount);
            return batch;
        }
        let sum = Rc::new(Cell::new(amount));
        let (bank, shared) = (self.bank.clone(), Rc::clone(shared));
        let writing = write(bank, account, shared, Rc::clone(&sum));
        let batch = writing.boxed_local().shared();
        *open = batch.downgrade().map(|weak| (weak, sum));
        batch
    }
}

async fn write(
    bank: Bank,
    account: AccountId,
    shared: Rc<Account>,
    sum: Rc<Cell<i64>>,
) -> Result<i64, BankError> {
    let _held = shared.lock.lock().await;
    // From here on nobody joins.
    shared.open.take();
    let balance = bank.read(account).await? + sum.get();
    bank.write(account, balance).await?;
    Ok(balance)
}

/// Keeps an account in the map while a deposit wants it.
struct Member<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    shared: Rc<Account>,
}

impl Drop for Member<'_> {
    fn drop(&mut self) {
        // Two owners are the map and this deposit: its batch is gone, and nobody waits.
        if Rc::strong_count(&self.shared) == 2 {
            self.accounts.accounts.borrow_mut().remove(&self.account);
        }
    }
}
