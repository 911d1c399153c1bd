//! Wrong: one that was called and leaves before it runs takes the turn along. Caught by: dropped

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Default)]
struct Hall {
    balances: HashMap<AccountId, i64>,
    busy: HashSet<AccountId>,
    waiting: BTreeMap<u64, ([AccountId; 2], Option<Waker>)>,
    next: u64,
}
impl Hall {
    /// Those who came earlier and share an account go first.
    fn may(&self, ticket: u64) -> bool {
        let pair = self.waiting[&ticket].0;
        pair.iter().all(|it| !self.busy.contains(it))
            && self
                .waiting
                .range(..ticket)
                .all(|(_, it)| it.0.iter().all(|id| !pair.contains(id)))
    }
    fn call(&mut self) {
        let ready: Vec<u64> = self
            .waiting
            .keys()
            .copied()
            .filter(|it| self.may(*it))
            .collect();
        for it in ready {
            if let Some(waker) = self.waiting.get_mut(&it).and_then(|it| it.1.take()) {
                waker.wake();
            }
        }
    }
}
pub struct Accounts {
    audit: Audit,
    hall: RefCell<Hall>,
}
struct Visit<'a> {
    hall: &'a RefCell<Hall>,
    ticket: u64,
    pair: [AccountId; 2],
    inside: bool,
}
impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut hall = self.hall.borrow_mut();
        hall.waiting.remove(&self.ticket);
        if self.inside {
            for id in self.pair {
                hall.busy.remove(&id);
            }
            hall.call();
        }
    }
}
impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            hall: RefCell::new(Hall {
                balances: opening.into_iter().collect(),
                ..Hall::default()
            }),
        }
    }
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        if self.balance(from).is_none() || self.balance(to).is_none() {
            return Err(TransferError::NoSuchAccount);
        }
        let mut visit = {
            let mut hall = self.hall.borrow_mut();
            let ticket = hall.next;
            hall.next += 1;
            hall.waiting.insert(ticket, ([from, to], None));
            Visit {
                hall: &self.hall,
                ticket,
                pair: [from, to],
                inside: false,
            }
        };
        poll_fn(|context| {
            let mut hall = self.hall.borrow_mut();
            if !hall.may(visit.ticket) {
                hall.waiting.get_mut(&visit.ticket).unwrap().1 = Some(context.waker().clone());
                return Poll::Pending;
            }
            hall.waiting.remove(&visit.ticket);
            hall.busy.extend([from, to]);
            visit.inside = true;
            Poll::Ready(())
        })
        .await;
        if self.balance(from) < Some(amount) {
            return Err(TransferError::Insufficient);
        }
        self.audit.record(from, to, amount).await?;
        if amount > 0 && from != to {
            let mut hall = self.hall.borrow_mut();
            *hall.balances.get_mut(&from).unwrap() -= amount;
            *hall.balances.get_mut(&to).unwrap() += amount;
        }
        Ok(())
    }
    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.hall.borrow().balances.get(&account).copied()
    }
    pub fn total(&self) -> i64 {
        self.hall.borrow().balances.values().sum()
    }
}
