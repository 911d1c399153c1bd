//! Wrong: one doubt for all accounts: a deposit in another account ends it. Caught by: dropped

use kit::bank::{AccountId, Bank, BankError};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use tokio::sync::Mutex;
pub struct Accounts {
    bank: Bank,
    locks: RefCell<HashMap<AccountId, Rc<Mutex<()>>>>,
    known: RefCell<HashMap<AccountId, i64>>,
    doubt: RefCell<HashSet<AccountId>>,
    one: Cell<Option<AccountId>>,
    flag: Cell<bool>,
    errors: Cell<u32>,
}
struct User<'a>(&'a Accounts, AccountId, Rc<Mutex<()>>);
impl Drop for User<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.2) == 2 {
            let mut l = self.0.locks.borrow_mut();
            l.remove(&self.1);
            if l.is_empty() {
                l.shrink_to_fit();
            }
        }
    }
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            locks: RefCell::default(),
            known: RefCell::default(),
            doubt: RefCell::default(),
            one: Cell::new(None),
            flag: Cell::new(false),
            errors: Cell::new(0),
        }
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let user = User(
            self,
            account,
            self.locks.borrow_mut().entry(account).or_default().clone(),
        );
        let guard = user.2.lock().await;
        let known = self.known.borrow().get(&account).copied();
        let trusted = known.filter(|_| !self.flag.get());
        let balance = match trusted {
            Some(b) => b,
            None => {
                let b = self.bank.read(account).await?;
                self.flag.set(false);
                b
            }
        };
        let was = self.flag.replace(true);
        let made = balance + amount;
        let result = self.bank.write(account, made).await;
        self.flag.set(was);
        if result.is_err() {
            self.known.borrow_mut().remove(&account);
        }
        result?;
        self.known.borrow_mut().insert(account, made);
        drop(guard);
        Ok(made)
    }
}
