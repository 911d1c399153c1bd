//! Right: the lock of an account holds its balance, taken out before each write and put back when it was answered.

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
        let known = Rc::clone(self.known.borrow_mut().entry(account).or_default());
        let share = Share {
            accounts: self,
            account,
            known,
        };
        let mut known = share.known.lock().await;
        let before = match known.take() {
            Some(balance) => balance,
            None => self.bank.read(account).await?,
        };
        self.bank.write(account, before + amount).await?;
        *known = Some(before + amount);
        Ok(before + amount)
    }
}

/// Keeps an account in the map while a deposit wants it.
struct Share<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    known: Known,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        // Two owners: the map and this deposit, so nobody holds or awaits the lock.
        let last = Rc::strong_count(&self.known) == 2;
        if last && self.known.try_lock().is_ok_and(|known| known.is_none()) {
            self.accounts.known.borrow_mut().remove(&self.account);
        }
    }
}
