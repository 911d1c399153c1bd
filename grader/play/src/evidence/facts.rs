//! What can be known of a run: its facts, and how its requests, fetches and hashes
//! stand. They say what was seen and never what it means.

use thiserror::Error;

use crate::schedule::{HashEnding, Outcome};

/// A fact, and the turn (an index into the schedule) it was learnt in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The turn.
    pub turn: usize,
    /// The fact.
    pub fact: Fact,
}

/// One thing that is known to have happened. Requests and fetches are named by
/// their numbers, users by theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named in the line above them")]
pub enum Fact {
    /// The grader started a request.
    Started { request: u32, user: u32 },
    /// The grader answered a fetch.
    Answered { fetch: u32, outcome: Outcome },
    /// The grader dropped the caller of a request.
    HungUp { request: u32 },
    /// The grader moved the clock.
    Passed { micros: u64 },
    /// A fetch began; `user` is `None` for an id no request was ever made for.
    Began {
        fetch: u32,
        user: Option<u32>,
        request: Option<u32>,
        off_loop: bool,
    },
    /// The submission received a fetch's answer.
    Delivered { fetch: u32 },
    /// The submission dropped a fetch that it had received no answer of.
    Dropped { fetch: u32 },
    /// A request returned.
    Returned { request: u32, answer: Returned },
    /// A request ended in a panic.
    Panicked { request: u32, message: String },
    /// The grader had the service made.
    Made { max_parallel: u32 },
    /// The grader let a hash end.
    Admitted { hash: u32, ending: HashEnding },
    /// A hash began; `user` is `None` for a password nobody gave.
    Hashing {
        hash: u32,
        user: Option<u32>,
        request: Option<u32>,
        on_loop: bool,
    },
    /// A hash is over.
    Hashed { hash: u32 },
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

/// What a request returned, as far as it matters to the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// The row that this fetch had been answered with.
    RowOf {
        /// The fetch.
        fetch: u32,
    },
    /// A row that no fetch of this run was answered with.
    InventedRow,
    /// "No such user", naming the user asked for or another one.
    NotFound {
        /// Whether it names the user asked for.
        own: bool,
    },
    /// "The database is unavailable".
    Unavailable,
    /// What this hash ended with, for the password the request was given.
    HashOf {
        /// The hash.
        hash: u32,
    },
    /// A text that is no hash of the request's password made in this run.
    InventedHash,
    /// "The password is too long".
    TooLong,
    /// Something a request for a user cannot return.
    Other,
}

/// A report that cannot be true: the worker was tampered with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the worker reported what cannot have happened: {0}")]
pub struct Tampering(pub String);

/// The state of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// It has not ended.
    Waiting,
    /// It returned or panicked.
    Ended,
    /// Its caller was dropped.
    HungUp,
}

/// The state of a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchState {
    /// Begun, neither answered nor dropped.
    Live,
    /// Answered; the submission has not received it yet.
    Answered,
    /// Answered and received.
    Delivered,
    /// Dropped by the submission.
    Dropped,
}

/// A request of the run.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Whom it asks for.
    pub user: u32,
    /// How it stands.
    pub state: RequestState,
}

/// A fetch of the run.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Whom it fetches; `None` for an id nobody asked for.
    pub user: Option<u32>,
    /// How it stands.
    pub state: FetchState,
    /// The request that began it, where one did.
    pub request: Option<u32>,
}

/// The state of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashState {
    /// It waits on its thread until it is admitted.
    Held,
    /// It was admitted and is not over yet.
    Admitted,
    /// It is over.
    Over,
}

/// A hash of the run.
#[derive(Clone, Debug)]
pub struct Hash {
    /// Whose password it is; `None` for one nobody gave.
    pub user: Option<u32>,
    /// How it stands.
    pub state: HashState,
    /// How it was admitted to end.
    pub ending: Option<HashEnding>,
}
