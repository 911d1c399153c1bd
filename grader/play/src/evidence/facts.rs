//! What can be known of a run: its facts, and how its requests and operations stand. They
//! say what was seen and never what it means.

use protocol::Value;
use thiserror::Error;

use crate::schedule::{Few, Outcome};

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
    /// The grader started a request, or a caller asked again by itself.
    Started { request: u32, again: bool },
    /// The grader ended an operation.
    Answered { operation: u32, outcome: Outcome },
    /// The grader dropped the caller of a request.
    HungUp { request: u32 },
    /// The grader moved the clock.
    Passed { micros: u64 },
    /// A task of the grader's kept the loop.
    Blocked { micros: u64 },
    /// The grader dropped the instance.
    Discarded,
    /// An operation began.
    Began { operation: u32 },
    /// The submission received an answer, or its thread goes on with one.
    Delivered { operation: u32 },
    /// The submission dropped an operation of which it had received no answer.
    Dropped { operation: u32 },
    /// The submission did something that needs no answer.
    Noted {
        kind: String,
        arguments: Vec<Value>,
        request: Option<u32>,
    },
    /// An entry was looked at, the number of it in the turn.
    Seen { look: usize, value: Value },
    /// A request returned.
    Returned { request: u32, answer: Returned },
    /// A request ended in a panic.
    Panicked { request: u32, message: String },
    /// The loop answered so many pings in this turn.
    Answers { pings: u32 },
    /// Code outside any request panicked.
    Broke { message: String },
    /// Tasks ran: so many polls, and whether none is ready any more.
    Settled {
        polls: u32,
        of_calls: u32,
        idle: bool,
        fully: bool,
    },
}

impl Fact {
    /// Whether it is the grader's own doing.
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
    /// What this operation had been answered with.
    Of {
        /// The operation.
        operation: u32,
    },
    /// A value of the right kind that no operation of this run brought.
    Invented,
    /// An error, by its place among the world's.
    Error {
        /// The place.
        error: u8,
        /// Whether it names what was asked for, where it names something.
        own: bool,
    },
    /// A value that a drill's rules understand, or nobody does.
    Plain(Value),
}

/// A report that cannot be true: the worker was tampered with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the worker reported what cannot have happened: {0}")]
pub struct Tampering(pub String);

/// The state of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Its caller would make it if it were told an error.
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
    /// Begun, neither answered nor dropped. A thread that is held in it waits.
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
    /// Its kind, by its place among the world's.
    pub kind: u8,
    /// Whom or what it is about; `None` for what nobody asked for.
    pub key: Option<u32>,
    /// What it was called with.
    pub arguments: Vec<Value>,
    /// How it stands.
    pub state: OperationState,
    /// The request that began it, where one did.
    pub request: Option<u32>,
    /// Whether it began on another thread than the loop's.
    pub off_loop: bool,
    /// How it was answered.
    pub outcome: Option<Outcome>,
    /// Whether it has happened: it was answered with what it was to bring, or was
    /// dropped and had reached the other side by then.
    pub happened: bool,
}
