//! Wrong: the callers of a failed batch are told, but it stays in the line to be written with the next one. Caught by: errors

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

type Asked = (i64, oneshot::Sender<Result<i64, BankError>>);

/// What has been asked for. An account is in it while its task runs.
type Lines = Rc<RefCell<HashMap<AccountId, Vec<Asked>>>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    lines: Lines,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let lines = Lines::default();
        Self { bank, lines }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let (caller, answer) = oneshot::channel();
        let is_first = {
            let mut lines = self.lines.borrow_mut();
            let is_first = !lines.contains_key(&account);
            lines.entry(account).or_default().push((amount, caller));
            is_first
        };
        if is_first {
            spawn_local(serve(self.bank.clone(), account, Rc::clone(&self.lines)));
        }
        answer.await.expect("the bank panicked")
    }
}

async fn serve(bank: Bank, account: AccountId, lines: Lines) {
    let end = End(lines, account);
    let mut carried = 0;
    while let Some(line) = next(&end.0, account) {
        carried += line.iter().map(|(amount, _)| amount).sum::<i64>();
        let made = make(&bank, account, carried).await;
        if made.is_ok() {
            carried = 0;
        }
        for (_, caller) in line {
            let _ = caller.send(made.clone());
        }
    }
}

/// Leaves nothing behind, also when the bank panics.
struct End(Lines, AccountId);

impl Drop for End {
    fn drop(&mut self) {
        let _left = self.0.borrow_mut().remove(&self.1);
    }
}

async fn make(bank: &Bank, account: AccountId, amount: i64) -> Result<i64, BankError> {
    let balance = bank.read(account).await? + amount;
    bank.write(account, balance).await?;
    Ok(balance)
}

/// Those who wait; without any, the account goes.
fn next(lines: &Lines, account: AccountId) -> Option<Vec<Asked>> {
    let mut lines = lines.borrow_mut();
    let line = std::mem::take(lines.get_mut(&account)?);
    if line.is_empty() {
        lines.remove(&account);
        return None;
    }
    Some(line)
}
