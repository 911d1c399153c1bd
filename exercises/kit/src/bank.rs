//! The bank of `lost_update`: balances that are read and written, each by a message that
//! takes a while. Its main type is [`Bank`].

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The number of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}", self.0)
    }
}

/// Why the bank did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankError {
    /// It could not be reached, and nothing has happened; the next attempt may succeed.
    Unavailable,
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BankError::Unavailable => f.write_str("the bank is unavailable"),
        }
    }
}

impl std::error::Error for BankError {}

/// A handle to the bank. Clones are cheap and share the balances; a `Bank` may be sent to
/// and used from any thread.
#[derive(Clone)]
pub struct Bank {
    backend: Arc<Backend>,
}

enum Backend {
    Simulated {
        latency: Duration,
        balances: Mutex<HashMap<AccountId, i64>>,
    },
    #[cfg(feature = "supervised")]
    Supervised(Arc<dyn crate::supervised::Operator>),
}

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank").finish_non_exhaustive()
    }
}

type Reply<T> = Pin<Box<dyn Future<Output = Result<T, BankError>> + Send>>;

impl Bank {
    /// A bank that answers every message after `latency` of tokio time, and in which every
    /// account begins with 0. For your own experiments and the public tests.
    pub fn simulated(latency: Duration) -> Bank {
        let balances = Mutex::default();
        Bank {
            backend: Arc::new(Backend::Simulated { latency, balances }),
        }
    }

    /// The balance of an account at the moment the bank answers.
    ///
    /// Dropping the call before its answer cancels the read.
    ///
    /// # Errors
    /// [`BankError::Unavailable`] when the bank could not be reached.
    pub async fn read(&self, account: AccountId) -> Result<i64, BankError> {
        self.reading(account).await
    }

    /// Makes `balance` the balance of an account, whatever it was before.
    ///
    /// If the call is dropped before its answer, the write may or may not have happened.
    ///
    /// # Errors
    /// [`BankError::Unavailable`] when the bank could not be reached; then nothing has
    /// happened.
    pub async fn write(&self, account: AccountId, balance: i64) -> Result<(), BankError> {
        self.writing(account, balance).await
    }

    fn reading(&self, account: AccountId) -> Reply<i64> {
        match &*self.backend {
            Backend::Simulated { latency, .. } => {
                let (bank, latency) = (self.clone(), *latency);
                Box::pin(async move {
                    tokio::time::sleep(latency).await;
                    Ok(bank.with_balance(account, |balance| *balance))
                })
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let answer = operator.begin("read", vec![account.0.into()]);
                Box::pin(async move {
                    crate::supervised::understood(answer.await, |value| value.number())
                })
            }
        }
    }

    fn writing(&self, account: AccountId, balance: i64) -> Reply<()> {
        match &*self.backend {
            Backend::Simulated { latency, .. } => {
                let (bank, latency) = (self.clone(), *latency);
                Box::pin(async move {
                    tokio::time::sleep(latency).await;
                    bank.with_balance(account, |stored| *stored = balance);
                    Ok(())
                })
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let answer = operator.begin("write", vec![account.0.into(), balance.into()]);
                Box::pin(async move { crate::supervised::understood(answer.await, |_| ()) })
            }
        }
    }

    fn with_balance<T>(&self, account: AccountId, act: impl FnOnce(&mut i64) -> T) -> T {
        match &*self.backend {
            Backend::Simulated { balances, .. } => {
                let mut balances = balances.lock().unwrap_or_else(PoisonError::into_inner);
                act(balances.entry(account).or_default())
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(_) => act(&mut 0),
        }
    }
}

#[cfg(feature = "supervised")]
mod supervised {
    use std::sync::Arc;

    use super::{Backend, Bank, BankError};
    use crate::supervised::{Failed, Named, Supply};

    impl Supply {
        /// A handle to the run's bank.
        pub fn bank(&self) -> Bank {
            Bank {
                backend: Arc::new(Backend::Supervised(self.operator())),
            }
        }
    }

    impl Named for BankError {
        fn named(&self) -> Failed {
            match self {
                BankError::Unavailable => Failed("unavailable".to_owned(), Vec::new()),
            }
        }

        fn of(failed: &Failed) -> Option<BankError> {
            (failed.0 == "unavailable").then_some(BankError::Unavailable)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_balance_is_what_was_written_last_and_each_message_takes_its_time() {
        let bank = Bank::simulated(Duration::from_millis(200));
        let before = tokio::time::Instant::now();
        assert_eq!(bank.read(AccountId(8)).await, Ok(0));
        assert_eq!(bank.write(AccountId(8), 70).await, Ok(()));
        assert_eq!(bank.clone().read(AccountId(8)).await, Ok(70));
        assert_eq!(bank.read(AccountId(9)).await, Ok(0));
        assert_eq!(before.elapsed(), Duration::from_millis(800));
    }
}
