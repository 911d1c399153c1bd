//! Wrong: all results go over one channel, and who lags behind is told an error. Caught by: accounts_independent

use kit::bank::{AccountId, Bank, BankError};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use tokio::sync::broadcast;
type Line = VecDeque<(u64, i64)>;
pub struct Accounts {
    bank: Bank,
    next: Cell<u64>,
    lines: Rc<RefCell<HashMap<AccountId, Line>>>,
    said: broadcast::Sender<(u64, Result<i64, BankError>)>,
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            next: Cell::new(0),
            lines: Rc::default(),
            said: broadcast::channel(64).0,
        }
    }
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let me = self.next.get();
        self.next.set(me + 1);
        let mut said = self.said.subscribe();
        let begin = {
            let mut lines = self.lines.borrow_mut();
            let begin = !lines.contains_key(&account);
            lines.entry(account).or_default().push_back((me, amount));
            begin
        };
        if begin {
            let (bank, lines, tell) = (self.bank.clone(), self.lines.clone(), self.said.clone());
            tokio::task::spawn_local(async move {
                loop {
                    let next = {
                        let mut l = lines.borrow_mut();
                        let n = l.get_mut(&account).unwrap().pop_front();
                        if n.is_none() {
                            l.remove(&account);
                        }
                        n
                    };
                    let Some((who, amount)) = next else { return };
                    let work = async {
                        let made = bank.read(account).await? + amount;
                        bank.write(account, made).await.map(|()| made)
                    };
                    let result =
                        futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work))
                            .await
                            .unwrap_or(Err(BankError::Unavailable));
                    let _ = tell.send((who, result));
                }
            });
        }
        loop {
            match said.recv().await {
                Ok((who, result)) if who == me => return result,
                Ok(_) => {}
                Err(_) => return Err(BankError::Unavailable),
            }
        }
    }
}
