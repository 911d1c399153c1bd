//! Wrong: the `?` leaves before the turn is passed on, and those behind wait for ever. Caught by: errors

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::oneshot;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    // An account has a line, be it empty, while a deposit is at work.
    lines: RefCell<HashMap<AccountId, VecDeque<oneshot::Sender<()>>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let lines = RefCell::default();
        Self { bank, lines }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let turn = self.line_up(account);
        if let Some(turn) = turn {
            let _ = turn.await;
        }
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        self.pass_on(account);
        Ok(balance)
    }

    fn line_up(&self, account: AccountId) -> Option<oneshot::Receiver<()>> {
        let mut lines = self.lines.borrow_mut();
        let Some(line) = lines.get_mut(&account) else {
            lines.insert(account, VecDeque::new());
            return None;
        };
        let (sender, turn) = oneshot::channel();
        line.push_back(sender);
        Some(turn)
    }

    /// Lets the next one work.
    fn pass_on(&self, account: AccountId) {
        let mut lines = self.lines.borrow_mut();
        let Some(line) = lines.get_mut(&account) else {
            return;
        };
        while let Some(next) = line.pop_front() {
            if next.send(()).is_ok() {
                return;
            }
        }
        lines.remove(&account);
    }
}
