//! Right: an actor per account that dies with all its requests when the bank panics; the next deposit starts another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::{mpsc, oneshot};

type Asked = (i64, oneshot::Sender<Result<i64, BankError>>);

type Actors = Arc<Mutex<HashMap<AccountId, mpsc::UnboundedSender<Asked>>>>;

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    bank: Bank,
    actors: Actors,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let actors = Actors::default();
        Self { bank, actors }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let (caller, answer) = oneshot::channel();
        self.ask(account, (amount, caller));
        // Gone without an answer: a panic in the actor, which its callers hear of as this.
        answer.await.unwrap_or(Err(BankError::Unavailable))
    }

    fn ask(&self, account: AccountId, asked: Asked) {
        let mut actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = match actors.get(&account) {
            Some(actor) => match actor.send(asked) {
                Ok(()) => return,
                Err(mpsc::error::SendError(asked)) => asked,
            },
            None => asked,
        };
        let (actor, inbox) = mpsc::unbounded_channel();
        let _ = actor.send(asked);
        actors.insert(account, actor);
        let leave = Leave(Arc::clone(&self.actors), account);
        tokio::spawn(act(self.bank.clone(), account, inbox, leave));
    }
}

async fn act(
    bank: Bank,
    account: AccountId,
    mut inbox: mpsc::UnboundedReceiver<Asked>,
    leave: Leave,
) {
    let mut known = None;
    while let Ok((amount, caller)) = inbox.try_recv() {
        if caller.is_closed() {
            // Nobody wants it any more, and it has not begun.
            continue;
        }
        let made = async {
            let before = match known.take() {
                Some(known) => known,
                None => bank.read(account).await?,
            };
            bank.write(account, before + amount).await?;
            known = Some(before + amount);
            Ok(before + amount)
        };
        let _ = caller.send(made.await);
    }
    drop(leave);
}

/// Takes the actor out of the map, also when it panics.
struct Leave(Actors, AccountId);

impl Drop for Leave {
    fn drop(&mut self) {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        actors.remove(&self.1);
    }
}
