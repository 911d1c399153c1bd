//! Right: a turn is sent along, and what fails is tried five times in all.

use kit::bank::{AccountId, Bank, BankError};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use tokio::sync::oneshot;

/// An account is in the map as long as somebody has its turn.
type Lines = RefCell<HashMap<AccountId, VecDeque<oneshot::Sender<Turn>>>>;

struct Turn {
    lines: std::rc::Weak<Lines>,
    account: AccountId,
    passed_on: bool,
}
impl Drop for Turn {
    fn drop(&mut self) {
        if self.passed_on {
            return;
        }
        let Some(lines) = self.lines.upgrade() else {
            return;
        };
        let mut turn = Turn {
            lines: self.lines.clone(),
            account: self.account,
            passed_on: false,
        };
        loop {
            let next = lines
                .borrow_mut()
                .get_mut(&self.account)
                .and_then(VecDeque::pop_front);
            let Some(next) = next else { break };
            match next.send(turn) {
                Ok(()) => return,
                Err(back) => turn = back,
            }
        }
        turn.passed_on = true;
        lines.borrow_mut().remove(&self.account);
    }
}

pub struct Accounts {
    bank: Bank,
    lines: std::rc::Rc<Lines>,
}

impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            lines: Default::default(),
        }
    }
    async fn turn(&self, account: AccountId) -> Turn {
        let waits = {
            let mut lines = self.lines.borrow_mut();
            match lines.get_mut(&account) {
                Some(line) => {
                    let (send, wait) = oneshot::channel();
                    line.push_back(send);
                    Some(wait)
                }
                None => {
                    lines.insert(account, VecDeque::new());
                    None
                }
            }
        };
        match waits {
            Some(wait) => wait
                .await
                .expect("a line is not given up while anybody stands in it"),
            None => Turn {
                lines: std::rc::Rc::downgrade(&self.lines),
                account,
                passed_on: false,
            },
        }
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let _turn = self.turn(account).await;
        let mut tries = 0;
        let before = loop {
            match self.bank.read(account).await {
                Ok(it) => break it,
                Err(error) if tries == 4 => return Err(error),
                Err(_) => tries += 1,
            }
        };
        let after = before + amount;
        let mut tries = 0;
        while let Err(error) = self.bank.write(account, after).await {
            if tries == 4 {
                return Err(error);
            }
            tries += 1;
        }
        Ok(after)
    }
}
