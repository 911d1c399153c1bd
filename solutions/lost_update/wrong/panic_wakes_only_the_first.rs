//! Wrong: after a panic only the first in line is offered the turn, and it may have gone. Caught by: panic_contained

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::oneshot;

type Lines = Rc<RefCell<HashMap<AccountId, VecDeque<oneshot::Sender<Turn>>>>>;

pub struct Accounts {
    bank: Bank,
    lines: Lines,
}

/// The turn in one account; it goes on to the next in line.
struct Turn(Option<(Lines, AccountId)>);

impl Drop for Turn {
    fn drop(&mut self) {
        let Some((lines, account)) = self.0.take() else {
            return;
        };
        let next = || {
            let mut lines = lines.borrow_mut();
            let next = lines.get_mut(&account).and_then(VecDeque::pop_front);
            if next.is_none() {
                lines.remove(&account);
            }
            next
        };
        while let Some(sender) = next() {
            let turn = Turn(Some((Rc::clone(&lines), account)));
            let Err(mut refused) = sender.send(turn) else {
                return;
            };
            refused.0 = None;
            if std::thread::panicking() {
                return;
            }
        }
    }
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        let lines = Lines::default();
        Self { bank, lines }
    }

    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let _turn = self.turn(account).await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }

    async fn turn(&self, account: AccountId) -> Turn {
        let in_line = match self.lines.borrow_mut().entry(account) {
            std::collections::hash_map::Entry::Occupied(mut line) => {
                let (sender, in_line) = oneshot::channel();
                line.get_mut().push_back(sender);
                Some(in_line)
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(VecDeque::new());
                None
            }
        };
        match in_line {
            Some(in_line) => in_line.await.expect("it is handed on"),
            None => Turn(Some((Rc::clone(&self.lines), account))),
        }
    }
}
