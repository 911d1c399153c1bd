//! Wrong: the task that moves the money ends when nothing has come for a minute. Caught by: results

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use futures::future::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use kit::audit::{Audit, AuditError, TransferError};
use kit::bank::AccountId;
use tokio::sync::{mpsc, oneshot};

struct Order {
    from: AccountId,
    to: AccountId,
    amount: i64,
    reply: oneshot::Sender<Result<(), TransferError>>,
}

type Balances = Rc<RefCell<HashMap<AccountId, i64>>>;

pub struct Accounts {
    orders: mpsc::UnboundedSender<Order>,
    balances: Balances,
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = Rc::new(RefCell::new(opening.into_iter().collect()));
        let (orders, inbox) = mpsc::unbounded_channel();
        tokio::task::spawn_local(act(audit, Rc::clone(&balances), inbox));
        Self { orders, balances }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let (reply, answer) = oneshot::channel();
        let order = Order {
            from,
            to,
            amount,
            reply,
        };
        let gone = TransferError::Audit(AuditError::Unavailable);
        if self.orders.send(order).is_err() {
            return Err(gone);
        }
        answer.await.unwrap_or(Err(gone))
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}

async fn act(audit: Audit, balances: Balances, mut inbox: mpsc::UnboundedReceiver<Order>) {
    let mut records = FuturesUnordered::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_secs(60)), if records.is_empty() => return,
            order = inbox.recv() => {
                let Some(order) = order else { return };
                let audit = audit.clone();
                records.push(async move {
                    let record = audit.record(order.from, order.to, order.amount);
                    let recorded = AssertUnwindSafe(record).catch_unwind().await;
                    (order, recorded.unwrap_or(Err(AuditError::Unavailable)))
                });
            }
            Some((order, recorded)) = records.next() => {
                let result = recorded
                    .map_err(TransferError::Audit)
                    .and_then(|()| pay(&balances, order.from, order.to, order.amount));
                let _ = order.reply.send(result);
            }
        }
    }
}

fn pay(
    balances: &RefCell<HashMap<AccountId, i64>>,
    from: AccountId,
    to: AccountId,
    amount: i64,
) -> Result<(), TransferError> {
    let mut balances = balances.borrow_mut();
    let held = *balances.get(&from).ok_or(TransferError::NoSuchAccount)?;
    if !balances.contains_key(&to) {
        return Err(TransferError::NoSuchAccount);
    }
    if held < amount {
        return Err(TransferError::Insufficient);
    }
    if amount > 0 {
        *balances.entry(from).or_default() -= amount;
        *balances.entry(to).or_default() += amount;
    }
    Ok(())
}
