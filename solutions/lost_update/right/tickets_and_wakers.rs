//! Right: a line of tickets per account, and a hand-written wait that leaves its waker at its place in the line.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::task::{Poll, Waker};

use kit::bank::{AccountId, Bank, BankError};

/// The smallest ticket has its turn; each may have left its waker.
type Line = BTreeMap<u64, Option<Waker>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    lines: RefCell<HashMap<AccountId, Line>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let lines = RefCell::default();
        Self { bank, lines }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let ticket = self.draw(account);
        poll_fn(|context| ticket.poll_turn(context.waker())).await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }

    fn draw(&self, account: AccountId) -> Ticket<'_> {
        let mut lines = self.lines.borrow_mut();
        let line = lines.entry(account).or_default();
        let number = line.last_key_value().map_or(0, |(last, _)| last + 1);
        line.insert(number, None);
        Ticket {
            accounts: self,
            account,
            number,
        }
    }
}

/// A place in a line, given up by dropping it.
struct Ticket<'a> {
    accounts: &'a Accounts,
    account: AccountId,
    number: u64,
}

impl Ticket<'_> {
    fn poll_turn(&self, waker: &Waker) -> Poll<()> {
        let mut lines = self.accounts.lines.borrow_mut();
        let line = lines.get_mut(&self.account).expect("this one is in it");
        if line.keys().next() == Some(&self.number) {
            return Poll::Ready(());
        }
        line.insert(self.number, Some(waker.clone()));
        Poll::Pending
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut lines = self.accounts.lines.borrow_mut();
        let line = lines.get_mut(&self.account).expect("this one is in it");
        line.remove(&self.number);
        match line.first_entry() {
            Some(mut first) => {
                if let Some(waker) = first.get_mut().take() {
                    waker.wake();
                }
            }
            None => {
                lines.remove(&self.account);
            }
        }
    }
}
