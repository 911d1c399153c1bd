//! How a worker can fail. Its main type is [`Failure`].

use protocol::MAX_MESSAGE_BYTES;
use thiserror::Error;

/// How a worker failed to answer. Each is a fact about the submission.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// The loop's thread makes no progress: it sleeps or spins inside a poll.
    #[error("the event loop stopped: {0}")]
    Blocked(String),
    /// The process ended by itself.
    #[error("the process ended in the middle: {0}")]
    Died(String),
    /// It said something that is not an answer.
    #[error("the worker broke the protocol: {0}")]
    Garbled(String),
    /// It does more than it can report: one turn does not fit into a report, or one run
    /// into memory.
    #[error(
        "it does not come to rest: more happened at once than {} KiB can tell", MAX_MESSAGE_BYTES >> 10
    )]
    Restless,
    /// Nothing was tried: another run sent at the same time failed.
    #[error("it was not played")]
    NotPlayed,
    /// The time for the whole run is used up.
    #[error("the time limit of {0} s is used up")]
    OutOfTime(u64),
}
