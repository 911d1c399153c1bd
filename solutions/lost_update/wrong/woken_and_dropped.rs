//! Wrong: one that was called and leaves before it runs takes the turn along. Caught by: dropped

use kit::bank::{AccountId, Bank, BankError};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Default)]
struct Line {
    next: u64,
    busy: bool,
    waiting: BTreeMap<u64, Option<Waker>>,
}

pub struct Accounts {
    bank: Bank,
    lines: RefCell<HashMap<AccountId, Line>>,
}

struct Ticket<'a> {
    lines: &'a RefCell<HashMap<AccountId, Line>>,
    account: AccountId,
    number: u64,
    has_turn: bool,
}
impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut lines = self.lines.borrow_mut();
        let line = lines.get_mut(&self.account).unwrap();
        line.waiting.remove(&self.number);
        if self.has_turn {
            line.busy = false;
        }
        if self.has_turn
            && let Some(waker) = line.waiting.values_mut().next().and_then(Option::take)
        {
            waker.wake();
        }
        if !line.busy && line.waiting.is_empty() {
            lines.remove(&self.account);
        }
    }
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            lines: Default::default(),
        }
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let mut ticket = {
            let mut lines = self.lines.borrow_mut();
            let line = lines.entry(account).or_default();
            line.next += 1;
            line.waiting.insert(line.next, None);
            Ticket {
                lines: &self.lines,
                account,
                number: line.next,
                has_turn: false,
            }
        };
        poll_fn(|context| {
            let mut lines = self.lines.borrow_mut();
            let line = lines.get_mut(&account).unwrap();
            if line.busy || line.waiting.keys().next() != Some(&ticket.number) {
                line.waiting
                    .insert(ticket.number, Some(context.waker().clone()));
                return Poll::Pending;
            }
            line.waiting.remove(&ticket.number);
            line.busy = true;
            ticket.has_turn = true;
            Poll::Ready(())
        })
        .await;
        let after = self.bank.read(account).await? + amount;
        self.bank.write(account, after).await?;
        Ok(after)
    }
}
