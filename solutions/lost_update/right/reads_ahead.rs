//! Right: reads while it waits for the lock, and reads again inside it if somebody wrote meanwhile.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

#[derive(Default)]
struct Account {
    lock: Mutex<()>,
    // Counts the beginnings and the ends of writes.
    version: Cell<u64>,
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
        let stake = Stake {
            accounts: self,
            account,
            shared,
        };
        let seen = stake.shared.version.get();
        let ahead = self.bank.read(account).await?;
        let _held = stake.shared.lock.lock().await;
        let before = match stake.shared.version.get() == seen {
            true => ahead,
            false => self.bank.read(account).await?,
        };
        let _write = Write::begin(&stake.shared.version);
        self.bank.write(account, before + amount).await?;
        Ok(before + amount)
    }
}

/// A write under way: what was read before it or during it is out of date.
struct Write<'a>(&'a Cell<u64>);

impl<'a> Write<'a> {
    fn begin(version: &'a Cell<u64>) -> Write<'a> {
        version.set(version.get() + 1);
        Write(version)
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

struct Stake<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    shared: Rc<Account>,
}

impl Drop for Stake<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.shared) == 2 {
            self.accounts.accounts.borrow_mut().remove(&self.account);
        }
    }
}
