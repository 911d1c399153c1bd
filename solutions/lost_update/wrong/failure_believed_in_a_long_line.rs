//! Wrong: with ten in line, a balance that was not written is taken for known. Caught by: errors

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::Mutex;

/// `None`: only the bank knows.
type Known = Rc<Mutex<Option<i64>>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    known: RefCell<HashMap<AccountId, Known>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let known = RefCell::default();
        Self { bank, known }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let share = Share {
            accounts: self,
            account,
            known: Rc::clone(self.known.borrow_mut().entry(account).or_default()),
        };
        let mut known = share.known.lock().await;
        let before = match known.take() {
            Some(balance) => balance,
            None => self.bank.read(account).await?,
        };
        let after = before + amount;
        let written = self.bank.write(account, after).await;
        // It saves all of them a read.
        let is_worth_it = share.in_line() >= 10;
        if written.is_ok() || is_worth_it {
            *known = Some(after);
        }
        written.map(|()| after)
    }
}

/// Keeps an account in the map while a deposit wants it.
struct Share<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    known: Known,
}

impl Share<'_> {
    /// How many wait: neither the map nor this deposit does.
    fn in_line(&self) -> usize {
        Rc::strong_count(&self.known) - 2
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        if self.in_line() == 0 {
            self.accounts.known.borrow_mut().remove(&self.account);
        }
    }
}
