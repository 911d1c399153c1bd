//! Right: a future written by hand polls the record, and pays in the poll in which it is ready.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use kit::audit::{Audit, AuditError, TransferError};
use kit::bank::AccountId;

type Balances = Arc<Mutex<HashMap<AccountId, i64>>>;

pub struct Accounts {
    audit: Audit,
    balances: Balances,
}

struct Paying {
    record: Pin<Box<dyn Future<Output = Result<(), AuditError>> + Send>>,
    balances: Balances,
    from: AccountId,
    to: AccountId,
    amount: i64,
}

impl Future for Paying {
    type Output = Result<(), TransferError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let recorded = ready!(self.record.as_mut().poll(context));
        let pay = || {
            recorded.map_err(TransferError::Audit)?;
            let mut balances = self.balances.lock().unwrap();
            let known = [self.from, self.to].map(|id| balances.get(&id).copied());
            let [Some(held), Some(_)] = known else {
                return Err(TransferError::NoSuchAccount);
            };
            if held < self.amount {
                return Err(TransferError::Insufficient);
            }
            *balances.entry(self.from).or_default() -= self.amount.max(0);
            *balances.entry(self.to).or_default() += self.amount.max(0);
            Ok(())
        };
        Poll::Ready(pay())
    }
}

impl Accounts {
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = Arc::new(Mutex::new(opening.into_iter().collect()));
        Self { audit, balances }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        let audit = self.audit.clone();
        let paying = Paying {
            record: Box::pin(async move { audit.record(from, to, amount).await }),
            balances: Arc::clone(&self.balances),
            from,
            to,
            amount,
        };
        paying.await
    }

    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.lock().unwrap().get(&account).copied()
    }

    pub fn total(&self) -> i64 {
        self.balances.lock().unwrap().values().sum()
    }
}
