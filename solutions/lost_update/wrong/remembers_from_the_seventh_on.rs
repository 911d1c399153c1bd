//! Wrong: after six deposits a balance stays known while the next is written. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

#[derive(Default)]
struct Account {
    /// `None`: only the bank knows.
    balance: Option<i64>,
    deposits: u32,
}

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    accounts: RefCell<HashMap<AccountId, Rc<Mutex<Account>>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let accounts = RefCell::default();
        Self { bank, accounts }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let share = self.share(account);
        let mut state = share.state.lock().await;
        let before = match state.balance {
            Some(balance) => balance,
            None => self.bank.read(account).await?,
        };
        if state.deposits < 6 {
            state.balance = None;
        }
        self.bank.write(account, before + amount).await?;
        state.balance = Some(before + amount);
        state.deposits += 1;
        Ok(before + amount)
    }

    fn share(&self, account: AccountId) -> Share<'_> {
        let state = Rc::clone(self.accounts.borrow_mut().entry(account).or_default());
        Share {
            accounts: self,
            account,
            state,
        }
    }
}

/// Keeps an account in the map while a deposit wants it.
struct Share<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    state: Rc<Mutex<Account>>,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        // Two owners: the map and this deposit, so nobody holds or awaits the lock.
        let is_last = Rc::strong_count(&self.state) == 2;
        if is_last
            && self
                .state
                .try_lock()
                .is_ok_and(|state| state.balance.is_none())
        {
            self.accounts.accounts.borrow_mut().remove(&self.account);
        }
    }
}
