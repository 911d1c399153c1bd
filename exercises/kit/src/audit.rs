//! The audit of `transfer`: every transfer is recorded by a message that takes a while,
//! before its money may move. Its main type is [`Audit`].

use std::fmt;
use std::pin::Pin;
#[cfg(feature = "supervised")]
use std::sync::Arc;
use std::time::Duration;

use crate::bank::AccountId;

/// Why a transfer was not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditError {
    /// The audit could not be reached, and holds no record; the next attempt may succeed.
    Unavailable,
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuditError::Unavailable => f.write_str("the audit is unavailable"),
        }
    }
}

impl std::error::Error for AuditError {}

/// Why a transfer did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferError {
    /// The account does not hold that much.
    Insufficient,
    /// One of the two accounts does not exist.
    NoSuchAccount,
    /// The transfer could not be recorded.
    Audit(AuditError),
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransferError::Insufficient => f.write_str("the account does not hold that much"),
            TransferError::NoSuchAccount => f.write_str("there is no such account"),
            TransferError::Audit(_) => f.write_str("the transfer could not be recorded"),
        }
    }
}

impl std::error::Error for TransferError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TransferError::Audit(error) => Some(error),
            TransferError::Insufficient | TransferError::NoSuchAccount => None,
        }
    }
}

impl From<AuditError> for TransferError {
    fn from(error: AuditError) -> TransferError {
        TransferError::Audit(error)
    }
}

/// A handle to the audit. Clones are cheap; an `Audit` may be sent to and used from any
/// thread.
#[derive(Clone)]
pub struct Audit {
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Simulated {
        latency: Duration,
    },
    #[cfg(feature = "supervised")]
    Supervised(Arc<dyn crate::supervised::Operator>),
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}

impl Audit {
    /// An audit that confirms every record after `latency` of tokio time. For your own
    /// experiments and the public tests.
    pub fn simulated(latency: Duration) -> Audit {
        Audit {
            backend: Backend::Simulated { latency },
        }
    }

    /// Records that `amount` is to move from one account to another.
    ///
    /// If the call is dropped before its answer, the record may or may not have been written.
    ///
    /// # Errors
    /// [`AuditError::Unavailable`] when the audit could not be reached; then nothing was
    /// recorded.
    pub async fn record(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Result<(), AuditError> {
        self.recording(from, to, amount).await
    }

    fn recording(
        &self,
        from: AccountId,
        to: AccountId,
        amount: i64,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditError>> + Send>> {
        match &self.backend {
            Backend::Simulated { latency } => {
                // Nobody reads the records of a simulated audit.
                let _ = (from, to, amount);
                let latency = *latency;
                Box::pin(async move {
                    tokio::time::sleep(latency).await;
                    Ok(())
                })
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let arguments = vec![from.0.into(), to.0.into(), amount.into()];
                let answer = operator.begin("record", arguments);
                Box::pin(async move { crate::supervised::understood(answer.await, |_| ()) })
            }
        }
    }
}

#[cfg(feature = "supervised")]
mod supervised {
    use super::{Audit, AuditError, Backend, TransferError};
    use crate::supervised::{Failed, Named, Supply};

    impl Supply {
        /// A handle to the run's audit.
        pub fn audit(&self) -> Audit {
            Audit {
                backend: Backend::Supervised(self.operator()),
            }
        }
    }

    impl Named for AuditError {
        fn named(&self) -> Failed {
            match self {
                AuditError::Unavailable => Failed("unavailable".to_owned(), Vec::new()),
            }
        }

        fn of(failed: &Failed) -> Option<AuditError> {
            (failed.0 == "unavailable").then_some(AuditError::Unavailable)
        }
    }

    impl Named for TransferError {
        fn named(&self) -> Failed {
            match self {
                TransferError::Insufficient => Failed("insufficient".to_owned(), Vec::new()),
                TransferError::NoSuchAccount => Failed("no_such_account".to_owned(), Vec::new()),
                TransferError::Audit(error) => error.named(),
            }
        }

        fn of(failed: &Failed) -> Option<TransferError> {
            match &*failed.0 {
                "insufficient" => Some(TransferError::Insufficient),
                "no_such_account" => Some(TransferError::NoSuchAccount),
                _ => AuditError::of(failed).map(TransferError::Audit),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_record_takes_its_time_and_is_confirmed() {
        let audit = Audit::simulated(Duration::from_millis(200));
        let before = tokio::time::Instant::now();
        let both = tokio::join!(
            audit.record(AccountId(1), AccountId(2), 30),
            audit.record(AccountId(2), AccountId(1), 30)
        );
        assert_eq!(both, (Ok(()), Ok(())));
        assert_eq!(before.elapsed(), Duration::from_millis(200));
    }
}
