//! Drill `lost_update`: read, await, write, and no deposit is lost.

use kit::bank::{AccountId, Bank, BankError};

/// Accounts into which many tasks pay at once. As it is, deposits get lost.
pub struct Accounts {
    bank: Bank,
    // To do: what must a deposit find here when another one is under way?
}

impl Accounts {
    /// Accounts that are kept by `bank`. Nobody else writes to it.
    pub fn new(bank: Bank) -> Self {
        Self { bank }
    }

    /// Adds `amount` to the balance of `account`, and returns the balance that this
    /// makes.
    ///
    /// - No deposit is written over by another, and each is added once at most.
    /// - The balance that is returned holds this deposit, and every deposit in the
    ///   account that had returned before this one began.
    /// - Deposits in different accounts never wait for each other.
    /// - An error reaches only the deposits whose own read or write failed, and
    ///   changes nothing. The next deposit starts from what the bank really holds.
    /// - Any caller may be dropped at any moment. Its deposit then happened once or
    ///   not at all, and the others go on.
    /// - Waiting costs nothing: a waiting deposit is woken when its turn comes.
    pub async fn deposit(&self, account: AccountId, amount: i64) -> Result<i64, BankError> {
        let balance = self.bank.read(account).await?;
        // To do: who else reads the same balance before it is written?
        let balance = balance + amount;
        self.bank.write(account, balance).await?;
        Ok(balance)
    }
}
