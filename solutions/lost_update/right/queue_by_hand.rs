//! Right: a queue per account; the turn is a value sent down the queue, and dropping it passes it on.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::oneshot;

// An account has a queue, be it empty, as long as there is a turn for it.
type Queues = Rc<RefCell<HashMap<AccountId, VecDeque<oneshot::Sender<Turn>>>>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    queues: Queues,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let queues = Queues::default();
        Self { bank, queues }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let _turn = self.turn(account).await;
        let balance = self.bank.read(account).await? + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }

    async fn turn(&self, account: AccountId) -> Turn {
        let waiting = match self.queues.borrow_mut().entry(account) {
            Entry::Vacant(queue) => {
                queue.insert(VecDeque::new());
                None
            }
            Entry::Occupied(mut queue) => {
                let (sender, turn) = oneshot::channel();
                queue.get_mut().push_back(sender);
                Some(turn)
            }
        };
        match waiting {
            None => Turn(Rc::clone(&self.queues), account),
            Some(turn) => turn.await.expect("nobody is left out of the queue"),
        }
    }
}

/// The right to work on an account. There is never more than one for an account.
struct Turn(Queues, AccountId);

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut queues = self.0.borrow_mut();
            let next = queues.get_mut(&self.1).and_then(VecDeque::pop_front);
            if next.is_none() {
                queues.remove(&self.1);
            }
            next
        };
        if let Some(next) = next {
            // One who is gone gives it back with the error, and that passes it on again.
            let _ = next.send(Turn(Rc::clone(&self.0), self.1));
        }
    }
}
