//! Right: one task for the whole bank, which works on many accounts at once and on each for one deposit at a time.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::{mpsc, oneshot};

struct Slip {
    account: AccountId,
    amount: i64,
    caller: oneshot::Sender<Result<i64, BankError>>,
}

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    counter: mpsc::UnboundedSender<Slip>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let (counter, slips) = mpsc::unbounded_channel();
        tokio::spawn(clerk(bank, slips));
        Self { counter }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let (caller, answer) = oneshot::channel();
        let slip = Slip {
            account,
            amount,
            caller,
        };
        self.counter.send(slip).ok().expect("the clerk lives on");
        answer.await.expect("the bank panicked")
    }
}

async fn clerk(bank: Bank, mut slips: mpsc::UnboundedReceiver<Slip>) {
    let mut waiting = HashMap::<AccountId, VecDeque<Slip>>::new();
    let mut working = FuturesUnordered::new();
    loop {
        tokio::select! {
            slip = slips.recv() => {
                let Some(slip) = slip else { return };
                match waiting.get_mut(&slip.account) {
                    Some(line) => line.push_back(slip),
                    None => {
                        waiting.insert(slip.account, VecDeque::new());
                        working.push(make(bank.clone(), slip));
                    }
                }
            }
            Some(account) = working.next() => {
                match waiting.get_mut(&account).and_then(VecDeque::pop_front) {
                    Some(slip) => working.push(make(bank.clone(), slip)),
                    None => drop(waiting.remove(&account)),
                }
            }
        }
    }
}

/// Makes one deposit, and tells its caller. A panic in here must not end the clerk.
async fn make(bank: Bank, slip: Slip) -> AccountId {
    let account = slip.account;
    let made = AssertUnwindSafe(async {
        let balance = bank.read(account).await? + slip.amount;
        bank.write(account, balance).await?;
        Ok(balance)
    });
    if let Ok(made) = made.catch_unwind().await {
        let _ = slip.caller.send(made);
    }
    account
}
