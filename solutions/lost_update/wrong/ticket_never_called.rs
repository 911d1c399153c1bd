//! Wrong: a ticket whose owner was dropped while it waited is called, and nobody moves on from it. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::watch;

struct Line {
    next_ticket: u64,
    called: watch::Sender<u64>,
}

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    lines: RefCell<HashMap<AccountId, Rc<RefCell<Line>>>>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let lines = RefCell::default();
        Self { bank, lines }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let line = Rc::clone(self.lines.borrow_mut().entry(account).or_insert_with(|| {
            Rc::new(RefCell::new(Line {
                next_ticket: 0,
                called: watch::Sender::new(0),
            }))
        }));
        let (ticket, mut called) = {
            let mut line = line.borrow_mut();
            line.next_ticket += 1;
            (line.next_ticket - 1, line.called.subscribe())
        };
        let _ = called.wait_for(|called| *called == ticket).await;
        let _turn = Turn(line);
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}

/// Calls the next ticket.
struct Turn(Rc<RefCell<Line>>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.borrow().called.send_modify(|called| *called += 1);
    }
}
