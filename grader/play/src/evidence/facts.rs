//! What can be known of a run: its facts, and how its requests and operations stand.
//! Facts say what was seen, never what it means.

use protocol::Value;
use thiserror::Error;

use crate::schedule::{Few, Outcome};
use crate::text::one_line;

/// A fact, and the turn (an index into the schedule) it was learnt in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The turn.
    pub turn: usize,
    /// The fact.
    pub fact: Fact,
}

/// One thing that is known to have happened. Requests and operations are named by their
/// numbers, and the evidence knows the rest of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named in the line above them")]
pub enum Fact {
    /// The grader had the instance made, with these numbers.
    Made { numbers: Few },
    /// The grader started a request, or a caller repeated one by itself.
    Started { request: u32, again: bool },
    /// The grader ended an operation.
    Answered { operation: u32, outcome: Outcome },
    /// The grader dropped the caller of a request.
    HungUp { request: u32 },
    /// The grader moved the clock.
    Passed { micros: u64 },
    /// A task of the grader's kept the loop busy.
    Blocked { micros: u64 },
    /// The grader dropped the instance.
    Discarded,
    /// An operation began.
    Began { operation: u32 },
    /// The submission received an answer, or its held thread goes on with one.
    Delivered { operation: u32 },
    /// The submission dropped an operation before it received the answer.
    Dropped { operation: u32 },
    /// The submission did something that needs no answer: a note.
    Noted {
        kind: String,
        arguments: Vec<Value>,
        request: Option<u32>,
    },
    /// The grader looked at the instance; `look` counts the looks of one turn.
    Seen { look: usize, value: Value },
    /// A request returned.
    Returned { request: u32, answer: Returned },
    /// A request ended in a panic.
    Panicked { request: u32, message: String },
    /// The loop answered this many pings in this turn.
    Answers { pings: u32 },
    /// No task was ready, and what follows was another thread's doing.
    Woken,
    /// Code outside any request panicked.
    Broke { message: String },
    /// Tasks ran: how many polls they took, and whether no task is ready any more.
    Settled {
        polls: u32,
        of_calls: u32,
        idle: bool,
        fully: bool,
    },
}

impl Fact {
    /// Whether the grader did it.
    pub fn is_the_graders(&self) -> bool {
        matches!(
            self,
            Fact::Made { .. }
                | Fact::Started { again: false, .. }
                | Fact::Answered { .. }
                | Fact::HungUp { .. }
                | Fact::Passed { .. }
                | Fact::Blocked { .. }
                | Fact::Discarded
        )
    }
}

/// What a request returned, as far as it matters to the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// What this operation was answered with.
    Of {
        /// The operation.
        operation: u32,
    },
    /// A value of the right kind that no operation of this run brought.
    Invented,
    /// An error, by its index among the world's errors.
    Error {
        /// The place.
        error: u8,
        /// Whether it names the key that was asked for, if it names one.
        own: bool,
    },
    /// A value that only the drill's rules can judge.
    Plain(Value),
}

/// The note of a task that ended with an exception, which nobody has asked about: with its text.
pub const UNHEARD: &str = "unheard";

/// The note of what was raised in another thread than the loop's: with its text.
pub const FAILED_IN_A_THREAD: &str = "failed_in_a_thread";

impl Returned {
    /// What was returned in place of what was wanted, where the worker has words for it.
    pub fn odd(&self) -> Option<String> {
        match self {
            Returned::Plain(Value::List(told)) => match &told[..] {
                [Value::Text(what)] => Some(one_line(what, 120)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A report that cannot be true, so the worker was tampered with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the worker reported what cannot have happened: {0}")]
pub struct Tampering(pub String);

/// The state of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Its caller makes it only after an error.
    Unmade,
    /// It has not ended.
    Waiting,
    /// It returned or panicked.
    Ended,
    /// Its caller was dropped.
    HungUp,
}

/// A request of the run.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// The entry it calls.
    pub entry: u8,
    /// What it asks about.
    pub numbers: Few,
    /// The first of these numbers: the user, the account.
    pub key: u32,
    /// The request that its caller made before, if it asks again.
    pub repeats: Option<u32>,
    /// How it stands.
    pub state: RequestState,
}

/// The state of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationState {
    /// Begun, neither answered nor dropped. A thread that it blocks is held.
    Live,
    /// Answered; the submission has not received it yet.
    Answered,
    /// Answered and received.
    Over,
    /// Dropped by the submission.
    Dropped,
}

/// An operation of the run.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its kind, by its index among the world's kinds.
    pub kind: u8,
    /// The key it is about, a user or an account; `None` for one that no request asked for.
    pub key: Option<u32>,
    /// What it was called with.
    pub arguments: Vec<Value>,
    /// How it stands.
    pub state: OperationState,
    /// The request that began it, if a request's own task did.
    pub request: Option<u32>,
    /// Whether it began on another thread than the loop's.
    pub off_loop: bool,
    /// How it was answered.
    pub outcome: Option<Outcome>,
    /// Whether it has happened on the other side: it was answered with its value,
    /// or it had already happened when it was dropped.
    pub happened: bool,
}
