//! Wrong: a transfer in line looks only at the one before it for accounts that both need. Caught by: never_negative

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

struct Place {
    number: u64,
    a: AccountId,
    b: AccountId,
    waker: Option<Waker>,
}

#[derive(Default)]
struct Inner {
    held: HashMap<AccountId, i64>,
    line: Vec<Place>,
    next: u64,
}

impl Inner {
    fn first(&self, number: u64) -> bool {
        let me = self.line.iter().find(|p| p.number == number).unwrap();
        self.line
            .iter()
            .take_while(|p| p.number != number)
            .last()
            .is_none_or(|p| p.a != me.a && p.a != me.b && p.b != me.a && p.b != me.b)
    }
}

pub struct Accounts {
    audit: Audit,
    inner: RefCell<Inner>,
}

struct InLine<'a>(&'a RefCell<Inner>, u64);
impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let mut inner = self.0.borrow_mut();
        inner.line.retain(|p| p.number != self.1);
        let free: Vec<u64> = inner
            .line
            .iter()
            .map(|p| p.number)
            .filter(|n| inner.first(*n))
            .collect();
        let mut wake = vec![];
        for p in &mut inner.line {
            if free.contains(&p.number) {
                wake.extend(p.waker.take());
            }
        }
        drop(inner);
        for w in wake {
            w.wake();
        }
    }
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        Self {
            audit,
            inner: RefCell::new(Inner {
                held: opening.into_iter().collect(),
                ..Default::default()
            }),
        }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let place = {
            let mut i = self.inner.borrow_mut();
            let number = i.next;
            i.next += 1;
            i.line.push(Place {
                number,
                a: from,
                b: to,
                waker: None,
            });
            InLine(&self.inner, number)
        };
        poll_fn(|cx| {
            let mut i = self.inner.borrow_mut();
            if i.first(place.1) {
                return Poll::Ready(());
            }
            i.line
                .iter_mut()
                .find(|p| p.number == place.1)
                .unwrap()
                .waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
        {
            let i = self.inner.borrow();
            let (Some(held), Some(_)) = (i.held.get(&from), i.held.get(&to)) else {
                return Err(TransferError::NoSuchAccount);
            };
            if *held < amount {
                return Err(TransferError::Insufficient);
            }
        }
        if amount <= 0 {
            return Ok(());
        }
        self.audit.record(from, to, amount).await?;
        let mut i = self.inner.borrow_mut();
        *i.held.get_mut(&from).unwrap() -= amount;
        *i.held.get_mut(&to).unwrap() += amount;
        Ok(())
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.inner.borrow().held.get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.inner.borrow().held.values().sum()
    }
}
