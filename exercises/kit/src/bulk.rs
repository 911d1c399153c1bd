//! The bulk read of `batch_loader`: items that are loaded many at a time, in messages that
//! take a while each. Its main type is [`Bulk`].

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The number of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u64);

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {}", self.0)
    }
}

/// What is stored under an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// Under which id.
    pub id: ItemId,
    /// What it says.
    pub text: String,
}

/// Why a call brought no items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkError {
    /// The other side had too many calls to serve at the moment; a later one may succeed.
    TooMany,
    /// The other side could not be reached; a later call may succeed.
    Unavailable,
}

impl fmt::Display for BulkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BulkError::TooMany => "there are too many calls at the moment",
            BulkError::Unavailable => "the items are unavailable",
        })
    }
}

impl std::error::Error for BulkError {}

/// A handle to where the items are. Clones are cheap; a `Bulk` may be sent to and used from
/// any thread.
#[derive(Clone)]
pub struct Bulk {
    backend: Arc<Backend>,
}

enum Backend {
    Simulated {
        latency: Duration,
        calls: Mutex<Vec<Vec<ItemId>>>,
    },
    #[cfg(feature = "supervised")]
    Supervised(Arc<dyn crate::supervised::Operator>),
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk").finish_non_exhaustive()
    }
}

/// What a call brings: for each id, in order, its item, or `None` for an unknown id.
type Items = Vec<Option<Item>>;

type Reply = Pin<Box<dyn Future<Output = Result<Items, BulkError>> + Send>>;

impl Bulk {
    /// Items that are there after `latency` of tokio time, whatever the number of ids. Each
    /// id that is a multiple of 10 is unknown. For your own experiments and the public tests.
    pub fn simulated(latency: Duration) -> Bulk {
        let calls = Mutex::default();
        Bulk {
            backend: Arc::new(Backend::Simulated { latency, calls }),
        }
    }

    /// The items of these ids, in their order; `None` for an id that is unknown.
    ///
    /// A call that is dropped before its answer is called off.
    ///
    /// # Errors
    /// [`BulkError`] when no item could be loaded: of none of these ids.
    pub async fn load(&self, ids: Vec<ItemId>) -> Result<Vec<Option<Item>>, BulkError> {
        self.loading(ids).await
    }

    /// The ids of each call that a simulated handle was asked for, in the order in which
    /// the calls began.
    pub fn calls(&self) -> Vec<Vec<ItemId>> {
        self.with_calls(|calls| calls.clone())
    }

    fn loading(&self, ids: Vec<ItemId>) -> Reply {
        match &*self.backend {
            Backend::Simulated { latency, .. } => {
                self.with_calls(|calls| calls.push(ids.clone()));
                let latency = *latency;
                Box::pin(async move {
                    tokio::time::sleep(latency).await;
                    Ok(ids.into_iter().map(simulated_item).collect())
                })
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let ids = ids.iter().map(|id| id.0.into()).collect();
                let answer = operator.begin("load", ids);
                Box::pin(async move {
                    crate::supervised::understood(answer.await, |items| {
                        items.list().iter().map(supervised::item).collect()
                    })
                })
            }
        }
    }

    fn with_calls<T>(&self, act: impl FnOnce(&mut Vec<Vec<ItemId>>) -> T) -> T {
        match &*self.backend {
            Backend::Simulated { calls, .. } => {
                act(&mut calls.lock().unwrap_or_else(PoisonError::into_inner))
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(_) => act(&mut Vec::new()),
        }
    }
}

fn simulated_item(id: ItemId) -> Option<Item> {
    let text = format!("this is {id}");
    (!id.0.is_multiple_of(10)).then_some(Item { id, text })
}

#[cfg(feature = "supervised")]
mod supervised {
    use std::sync::Arc;

    use super::{Backend, Bulk, BulkError, Item, ItemId};
    use crate::supervised::{Datum, Failed, Named, Supply, Told};

    impl Supply {
        /// A handle to the run's items.
        pub fn bulk(&self) -> Bulk {
            Bulk {
                backend: Arc::new(Backend::Supervised(self.operator())),
            }
        }
    }

    /// The item that an answer has in one of its places.
    pub(super) fn item(datum: &Datum) -> Option<Item> {
        let [id, text] = datum.list() else {
            return None;
        };
        Some(Item {
            id: ItemId(id.number().cast_unsigned()),
            text: text.text().to_owned(),
        })
    }

    impl Told for Item {
        fn told(self) -> Datum {
            Datum::List(vec![self.id.0.into(), self.text.told()])
        }
    }

    impl Named for BulkError {
        fn named(&self) -> Failed {
            let name = match self {
                BulkError::TooMany => "too_many",
                BulkError::Unavailable => "unavailable",
            };
            Failed(name.to_owned(), Vec::new())
        }

        fn of(failed: &Failed) -> Option<BulkError> {
            match failed.0.as_str() {
                "too_many" => Some(BulkError::TooMany),
                "unavailable" => Some(BulkError::Unavailable),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_answer_is_in_the_order_of_the_ids_and_takes_its_time_once() {
        let bulk = Bulk::simulated(Duration::from_millis(200));
        let before = tokio::time::Instant::now();
        let ids: Vec<ItemId> = [9, 30, 8].map(ItemId).to_vec();
        let items = bulk.clone().load(ids.clone()).await.unwrap();
        let found: Vec<Option<ItemId>> = items.iter().map(|it| Some(it.as_ref()?.id)).collect();
        assert_eq!(found, [Some(ItemId(9)), None, Some(ItemId(8))]);
        assert_eq!(before.elapsed(), Duration::from_millis(200));
        assert_eq!(bulk.calls(), [ids]);
    }
}
