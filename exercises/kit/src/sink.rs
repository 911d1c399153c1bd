//! The sink of `in_order`: a store that takes one event at a time from each caller, and
//! takes a while for it. Its main type is [`Sink`].

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What an event belongs to: a device, an order, a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.0)
    }
}

/// Something that happened, to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// What it belongs to.
    pub key: Key,
    /// Tells events apart. It says nothing about their order.
    pub number: u64,
}

/// Why an event was not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SinkError {
    /// The sink does not want this event, now or later.
    Rejected,
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SinkError::Rejected => f.write_str("the sink rejected the event"),
        }
    }
}

impl std::error::Error for SinkError {}

/// A handle to the sink. Clones are cheap and share what is stored; a `Sink` may be sent
/// to and used from any thread.
#[derive(Clone)]
pub struct Sink {
    backend: Arc<Backend>,
}

enum Backend {
    Simulated {
        latency: Duration,
        stored: Mutex<Vec<Event>>,
    },
    #[cfg(feature = "supervised")]
    Supervised(Arc<dyn crate::supervised::Operator>),
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}

type Reply = Pin<Box<dyn Future<Output = Result<(), SinkError>> + Send>>;

impl Sink {
    /// A sink that takes `latency` of tokio time for each event and rejects none. For your
    /// own experiments and the public tests.
    pub fn simulated(latency: Duration) -> Sink {
        let stored = Mutex::default();
        Sink {
            backend: Arc::new(Backend::Simulated { latency, stored }),
        }
    }

    /// Stores an event.
    ///
    /// If the call is dropped before its answer, the event may or may not have been stored.
    ///
    /// # Errors
    /// [`SinkError::Rejected`] when the sink does not want it; then nothing is stored.
    pub async fn store(&self, event: Event) -> Result<(), SinkError> {
        self.storing(event).await
    }

    /// What a simulated sink has stored, in the order in which the stores ended.
    pub fn stored(&self) -> Vec<Event> {
        self.with_stored(|stored| stored.clone())
    }

    fn storing(&self, event: Event) -> Reply {
        match &*self.backend {
            Backend::Simulated { latency, .. } => {
                let (sink, latency) = (self.clone(), *latency);
                Box::pin(async move {
                    tokio::time::sleep(latency).await;
                    sink.with_stored(|stored| stored.push(event));
                    Ok(())
                })
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let arguments = vec![event.key.0.into(), event.number.into()];
                let answer = operator.begin("store", arguments);
                Box::pin(async move { crate::supervised::understood(answer.await, |_| ()) })
            }
        }
    }

    fn with_stored<T>(&self, act: impl FnOnce(&mut Vec<Event>) -> T) -> T {
        match &*self.backend {
            Backend::Simulated { stored, .. } => {
                act(&mut stored.lock().unwrap_or_else(PoisonError::into_inner))
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(_) => act(&mut Vec::new()),
        }
    }
}

#[cfg(feature = "supervised")]
mod supervised {
    use std::sync::Arc;

    use super::{Backend, Sink, SinkError};
    use crate::supervised::{Failed, Named, Supply};

    impl Supply {
        /// A handle to the run's sink.
        pub fn sink(&self) -> Sink {
            Sink {
                backend: Arc::new(Backend::Supervised(self.operator())),
            }
        }
    }

    impl Named for SinkError {
        fn named(&self) -> Failed {
            match self {
                SinkError::Rejected => Failed("rejected".to_owned(), Vec::new()),
            }
        }

        fn of(failed: &Failed) -> Option<SinkError> {
            (failed.0 == "rejected").then_some(SinkError::Rejected)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_event_is_stored_when_its_time_is_over_and_a_dropped_one_is_not() {
        let sink = Sink::simulated(Duration::from_millis(200));
        let event = |number| Event {
            key: Key(8),
            number,
        };
        let gone = sink.store(event(1));
        let half = Duration::from_millis(100);
        assert!(tokio::time::timeout(half, gone).await.is_err());
        assert_eq!(sink.clone().store(event(2)).await, Ok(()));
        assert_eq!(sink.stored(), [event(2)]);
    }
}
