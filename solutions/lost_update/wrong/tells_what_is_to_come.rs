//! Wrong: it tells the balance that there will be once all who wait are done. Caught by: returned

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};

#[derive(Default)]
struct Account {
    turn: tokio::sync::Mutex<()>,
    /// What is being paid in and has not been written.
    coming: Cell<i64>,
}

pub struct Accounts {
    bank: Bank,
    accounts: RefCell<HashMap<AccountId, Rc<Account>>>,
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        let accounts = RefCell::default();
        Self { bank, accounts }
    }

    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let state = Rc::clone(self.accounts.borrow_mut().entry(account).or_default());
        let _coming = Coming::of(&state.coming, amount);
        let result = self.deposit_in_turn(account, amount, &state).await;
        if Rc::strong_count(&state) == 2 {
            self.accounts.borrow_mut().remove(&account);
        }
        let others = state.coming.get() - amount;
        result.map(|balance| balance + others)
    }

    async fn deposit_in_turn(
        &self,
        account: AccountId,
        amount: i64,
        state: &Account,
    ) -> Result<i64, BankError> {
        let _turn = state.turn.lock().await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}

struct Coming<'a>(&'a Cell<i64>, i64);

impl Coming<'_> {
    fn of(coming: &Cell<i64>, amount: i64) -> Coming<'_> {
        coming.set(coming.get() + amount);
        Coming(coming, amount)
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - self.1);
    }
}
