//! Wrong: one task makes all deposits, one after the other, whichever account they are for. Caught by: accounts_independent

use kit::bank::{AccountId, Bank, BankError};
use tokio::sync::{mpsc, oneshot};

type Asked = (AccountId, i64, oneshot::Sender<Result<i64, BankError>>);

/// Accounts into which many tasks pay at once.
pub struct Accounts {
    clerk: mpsc::UnboundedSender<Asked>,
}

impl Accounts {
    /// Accounts that are kept by `bank`.
    pub fn new(bank: Bank) -> Self {
        let (clerk, inbox) = mpsc::unbounded_channel();
        tokio::spawn(serve(bank, inbox));
        Self { clerk }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this makes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let (caller, answer) = oneshot::channel();
        let _ = self.clerk.send((account, amount, caller));
        answer.await.unwrap_or(Err(BankError::Unavailable))
    }
}

async fn serve(bank: Bank, mut inbox: mpsc::UnboundedReceiver<Asked>) {
    while let Some((account, amount, caller)) = inbox.recv().await {
        let _ = caller.send(make(&bank, account, amount).await);
    }
}

async fn make(bank: &Bank, account: AccountId, amount: i64) -> Result<i64, BankError> {
    let balance = bank.read(account).await? + amount;
    bank.write(account, balance).await?;
    Ok(balance)
}
