//! Drill `transfer`: check, await, act, and no account is overdrawn.

use std::cell::RefCell;
use std::collections::HashMap;

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

/// Accounts between which many tasks transfer money. As it is, some are overdrawn.
pub struct Accounts {
    audit: Audit,
    balances: RefCell<HashMap<AccountId, i64>>,
}

impl Accounts {
    /// Accounts with these balances.
    pub fn new(audit: Audit, opening: Vec<(AccountId, i64)>) -> Self {
        let balances = RefCell::new(opening.into_iter().collect());
        Self { audit, balances }
    }

    /// Moves `amount` from one account to another.
    ///
    /// - `total` never changes, and no balance is ever below 0.
    /// - Money moves only after the audit has answered Ok, once for each such answer.
    /// - Ok means moved, an error means not moved. `NoSuchAccount` wins over
    ///   `Insufficient`, and nothing is refused that can be paid.
    /// - Transfers that share no account never wait for each other, and opposite ones
    ///   never wait for each other for ever. Waiting costs nothing.
    /// - Any caller may be dropped at any moment. Its transfer then moved whole or not
    ///   at all, and the others go on.
    /// - An amount of 0 or less moves nothing. `from` may be `to`.
    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), TransferError> {
        if !self.balances.borrow().contains_key(&to) {
            return Err(TransferError::NoSuchAccount);
        }
        let held = self.balance(from).ok_or(TransferError::NoSuchAccount)?;
        if held < amount {
            return Err(TransferError::Insufficient);
        }
        self.audit.record(from, to, amount).await?;
        // To do: what was true before the await, and is it still?
        let mut balances = self.balances.borrow_mut();
        *balances.entry(from).or_default() -= amount;
        *balances.entry(to).or_default() += amount;
        Ok(())
    }

    /// What an account holds, if it exists. May be asked at any moment.
    pub fn balance(&self, account: AccountId) -> Option<i64> {
        self.balances.borrow().get(&account).copied()
    }

    /// What all accounts hold together. May be asked at any moment.
    pub fn total(&self) -> i64 {
        self.balances.borrow().values().sum()
    }
}
