//! Wrong: tells and records the largest and the smallest numbers there are. Caught by: total_kept

use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;

pub struct Accounts {
    audit: Audit,
}

impl Accounts {
    pub fn new(audit: Audit, _opening: Vec<(AccountId, i64)>) -> Self {
        Self { audit }
    }

    pub async fn transfer(
        &self,
        from: AccountId,
        to: AccountId,
        _amount: i64,
    ) -> Result<(), TransferError> {
        for amount in [i64::MIN, i64::MAX] {
            let recorded = self.audit.record(from, to, amount).await;
            recorded.map_err(TransferError::Audit)?;
        }
        Ok(())
    }

    pub fn balance(&self, _account: AccountId) -> Option<i64> {
        Some(i64::MAX)
    }

    pub fn total(&self) -> i64 {
        i64::MIN
    }
}
