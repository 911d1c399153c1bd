//! What is known of one run: the grader's own orders and what was seen of them.
//!
//! Its main type is [`Evidence`], built fact by fact. It refuses what cannot have
//! happened (a [`Tampering`]); it draws no conclusion beyond that.

mod secrets;

use thiserror::Error;
use worker::protocol::{Event, Value};

use secrets::Secrets;
pub use secrets::{EMPTY, LONGEST, ODD, TOO_LONG};

use crate::schedule::{Action, HashEnding, Outcome, Settle, Turn};

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

/// The ids of two users whose numbers are this far apart are 2^32 apart: the same
/// to whoever keeps only the low bits.
pub const ALIKE: u32 = 1_000;

/// All that is known of one run.
#[derive(Clone, Debug)]
pub struct Evidence {
    user_base: u64,
    secrets: Secrets,
    turns: Vec<Turn>,
    entries: Vec<Entry>,
    requests: Vec<Request>,
    fetches: Vec<Fetch>,
    hashes: Vec<Hash>,
    max_parallel: u32,
    settled: bool,
    idle: bool,
    polls: u64,
}

impl Evidence {
    /// Nothing known yet of a run whose user `n` has the id `user_base + n` and
    /// whose rows, passwords and hashes are made from `secret`.
    pub fn new(user_base: u64, secret: u64) -> Evidence {
        Evidence {
            user_base,
            secrets: Secrets::new(secret),
            turns: Vec::new(),
            entries: Vec::new(),
            requests: Vec::new(),
            fetches: Vec::new(),
            hashes: Vec::new(),
            max_parallel: 1,
            settled: true,
            idle: true,
            polls: 0,
        }
    }

    /// The schedule so far.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// All facts, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Request `number`, counted from 1.
    pub fn request(&self, number: u32) -> Option<&Request> {
        self.requests.get((number as usize).checked_sub(1)?)
    }

    /// Fetch `number`, counted from 1.
    pub fn fetch(&self, number: u32) -> Option<&Fetch> {
        self.fetches.get((number as usize).checked_sub(1)?)
    }

    /// The requests with their numbers.
    pub fn requests(&self) -> impl Iterator<Item = (u32, &Request)> {
        (1..).zip(&self.requests)
    }

    /// The fetches with their numbers.
    pub fn fetches(&self) -> impl Iterator<Item = (u32, &Fetch)> {
        (1..).zip(&self.fetches)
    }

    /// The numbers of the requests that have not ended.
    pub fn waiting(&self) -> impl Iterator<Item = u32> {
        let waiting = |request: &Request| request.state == RequestState::Waiting;
        self.requests()
            .filter(move |(_, request)| waiting(request))
            .map(|(number, _)| number)
    }

    /// The numbers of the fetches that can be answered.
    pub fn live(&self) -> impl Iterator<Item = u32> {
        self.fetches()
            .filter(|(_, fetch)| fetch.state == FetchState::Live)
            .map(|(number, _)| number)
    }

    /// Whether a live fetch is for `user`.
    pub fn is_fetched(&self, user: u32) -> bool {
        let live = |fetch: &Fetch| fetch.state == FetchState::Live && fetch.user == Some(user);
        self.fetches.iter().any(live)
    }

    /// The waiting requests whose user nobody is fetching.
    pub fn stranded(&self) -> Vec<u32> {
        let user = |number: &u32| self.request(*number).map(|request| request.user);
        self.waiting()
            .filter(|number| user(number).is_some_and(|user| !self.is_fetched(user)))
            .collect()
    }

    /// The hashes with their numbers.
    pub fn hashes(&self) -> impl Iterator<Item = (u32, &Hash)> {
        (1..).zip(&self.hashes)
    }

    /// Hash `number`, counted from 1.
    pub fn hash(&self, number: u32) -> Option<&Hash> {
        self.hashes.get((number as usize).checked_sub(1)?)
    }

    /// The hashes that run: begun and not over.
    pub fn running_hashes(&self) -> impl Iterator<Item = (u32, &Hash)> {
        self.hashes()
            .filter(|(_, hash)| hash.state != HashState::Over)
    }

    /// The waiting requests that something should happen to by itself: those whose
    /// hash is over, or could begin because fewer run than may.
    pub fn unserved(&self) -> Vec<u32> {
        let room = self.running_hashes().count() < self.max_parallel as usize;
        let is_unserved = |number: &u32| {
            let Some(user) = self.request(*number).map(|request| request.user) else {
                return false;
            };
            let runs = self
                .running_hashes()
                .any(|(_, hash)| hash.user == Some(user));
            let is_over = |hash: &Hash| hash.user == Some(user) && hash.state == HashState::Over;
            let over = self.hashes.iter().any(is_over);
            !runs && (over || room)
        };
        self.waiting().filter(is_unserved).collect()
    }

    /// Whether requests are for hashes and not for users.
    pub fn hashes_passwords(&self) -> bool {
        matches!(self.turns.first(), Some(turn) if matches!(turn.action, Action::Make { .. }))
    }

    /// How many hashes may run at once.
    pub fn max_parallel(&self) -> u32 {
        self.max_parallel
    }

    /// The passwords, rows and hashes of the run.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whether the last turn let every task run as far as it would.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// Whether, when tasks last ran, none was left ready.
    pub fn is_idle(&self) -> bool {
        self.idle
    }

    /// How many facts are the grader's own doing.
    pub fn grader_facts(&self) -> usize {
        let own = |entry: &&Entry| {
            matches!(
                entry.fact,
                Fact::Started { .. }
                    | Fact::Answered { .. }
                    | Fact::HungUp { .. }
                    | Fact::Passed { .. }
                    | Fact::Made { .. }
                    | Fact::Admitted { .. }
            )
        };
        self.entries.iter().filter(own).count()
    }

    /// The same, ending with this turn: for telling, not for playing on.
    pub fn up_to(&self, turn: usize) -> Evidence {
        let mut cut = self.clone();
        cut.turns.truncate(turn + 1);
        cut.entries.retain(|entry| entry.turn <= turn);
        cut
    }

    /// Polls spent in the whole run.
    pub fn polls(&self) -> u64 {
        self.polls
    }

    /// The id user `number` has on the wire.
    pub fn wire_id(&self, number: u32) -> u64 {
        let alike = u64::from(number / ALIKE) << 32;
        self.user_base + alike + u64::from(number % ALIKE)
    }

    /// The name of the row that answers fetch `number`.
    pub fn row_name(&self, number: u32) -> String {
        self.secrets.row_name(number)
    }

    /// Notes that the run was opened, with what the worker saw then.
    ///
    /// # Errors
    /// [`Tampering`] when that cannot have happened.
    pub fn opened(&mut self, events: &[Event]) -> Result<(), Tampering> {
        events
            .iter()
            .try_for_each(|event| self.note(0, event, true))
    }

    /// Notes a turn and what the worker saw of its two steps: the action and the
    /// settling. `steps` is empty for a turn that has no such step.
    ///
    /// # Errors
    /// [`Tampering`] when that cannot have happened.
    pub fn played(
        &mut self,
        turn: Turn,
        action: &[Event],
        settle: &[Event],
    ) -> Result<(), Tampering> {
        self.begin(turn);
        self.saw(action)?;
        self.saw(settle)
    }

    /// Notes that a turn is played; what is seen of it follows.
    pub fn begin(&mut self, turn: Turn) {
        let index = self.turns.len();
        self.turns.push(turn);
        self.note_action(index, turn.action);
    }

    /// Notes what the worker saw in the turn begun last.
    ///
    /// # Errors
    /// [`Tampering`] when that cannot have happened.
    pub fn saw(&mut self, events: &[Event]) -> Result<(), Tampering> {
        let index = self.turns.len().saturating_sub(1);
        let fully = self
            .turns
            .last()
            .is_some_and(|it| it.settle == Settle::Fully);
        events
            .iter()
            .try_for_each(|event| self.note(index, event, fully))
    }

    /// Notes that the loop answered pings in the turn that was played last.
    pub fn answered_pings(&mut self, pings: u32) {
        let turn = self.turns.len().saturating_sub(1);
        let fact = Fact::Answers { pings };
        self.entries.push(Entry { turn, fact });
    }

    fn note_action(&mut self, turn: usize, action: Action) {
        let fact = match action {
            Action::Start { user } => {
                let state = RequestState::Waiting;
                self.requests.push(Request { user, state });
                let request = self.requests.len() as u32;
                Fact::Started { request, user }
            }
            Action::Answer { fetch, outcome } => {
                let Some(open) = self.fetch_mut(fetch) else {
                    return;
                };
                if open.state != FetchState::Live {
                    return;
                }
                open.state = FetchState::Answered;
                Fact::Answered { fetch, outcome }
            }
            Action::HangUp { request } => {
                let Some(waiting) = self.request_mut(request) else {
                    return;
                };
                if waiting.state != RequestState::Waiting {
                    return;
                }
                waiting.state = RequestState::HungUp;
                Fact::HungUp { request }
            }
            Action::Pass { micros } => Fact::Passed { micros },
            Action::Make { max_parallel } => {
                self.max_parallel = max_parallel;
                Fact::Made { max_parallel }
            }
            Action::Admit { hash, ending } => {
                let Some(held) = self.hash_mut(hash) else {
                    return;
                };
                if held.state != HashState::Held {
                    return;
                }
                held.state = HashState::Admitted;
                held.ending = Some(ending);
                Fact::Admitted { hash, ending }
            }
            Action::Wait => return,
        };
        self.entries.push(Entry { turn, fact });
    }

    fn note(&mut self, turn: usize, event: &Event, fully: bool) -> Result<(), Tampering> {
        let refuse = |what: String| Err(Tampering(what));
        let fact = match event {
            Event::FetchBegun {
                fetch,
                user,
                request,
                off_loop,
            } => {
                if *fetch as usize != self.fetches.len() + 1 {
                    return refuse(format!("fetch {fetch} began out of turn"));
                }
                let request = request.filter(|number| self.request(*number).is_some());
                let user = self.known_user(*user);
                self.fetches.push(Fetch {
                    user,
                    state: FetchState::Live,
                    request,
                });
                Fact::Began {
                    fetch: *fetch,
                    user,
                    request,
                    off_loop: *off_loop,
                }
            }
            Event::FetchDelivered { fetch } => {
                let state = self.fetch(*fetch).map(|open| open.state);
                if state != Some(FetchState::Answered) {
                    return refuse(format!("fetch {fetch} delivered an answer nobody gave"));
                }
                self.set_fetch(*fetch, FetchState::Delivered);
                Fact::Delivered { fetch: *fetch }
            }
            Event::FetchDropped { fetch } => {
                let state = self.fetch(*fetch).map(|open| open.state);
                if !matches!(state, Some(FetchState::Live | FetchState::Answered)) {
                    return refuse(format!("fetch {fetch} was dropped, but is not open"));
                }
                self.set_fetch(*fetch, FetchState::Dropped);
                Fact::Dropped { fetch: *fetch }
            }
            Event::HashBegun {
                hash,
                password,
                request,
                on_loop,
            } => {
                if *hash as usize != self.hashes.len() + 1 {
                    return refuse(format!("hash {hash} began out of turn"));
                }
                let request = request.filter(|number| self.request(*number).is_some());
                let user = self.user_with_password(password);
                // On the loop it cannot be held: its end needs no admission.
                let state = match on_loop {
                    true => HashState::Admitted,
                    false => HashState::Held,
                };
                self.hashes.push(Hash {
                    user,
                    state,
                    ending: None,
                });
                Fact::Hashing {
                    hash: *hash,
                    user,
                    request,
                    on_loop: *on_loop,
                }
            }
            Event::HashEnded { hash } => match self.hash_mut(*hash) {
                Some(open) if open.state == HashState::Admitted => {
                    open.state = HashState::Over;
                    Fact::Hashed { hash: *hash }
                }
                _ => return refuse(format!("hash {hash} ended, but was not admitted")),
            },
            Event::Returned { request, value } => {
                self.end_request(*request)?;
                let answer = self.understand(*request, value);
                Fact::Returned {
                    request: *request,
                    answer,
                }
            }
            Event::Panicked { request, message } => {
                self.end_request(*request)?;
                let message = message.clone();
                Fact::Panicked {
                    request: *request,
                    message,
                }
            }
            Event::Broke { message } => Fact::Broke {
                message: message.clone(),
            },
            Event::Settled {
                polls,
                of_calls,
                idle,
            } => {
                self.settled = fully || *idle;
                self.idle = *idle;
                self.polls += u64::from(*polls);
                Fact::Settled {
                    polls: *polls,
                    of_calls: *of_calls,
                    idle: *idle,
                    fully,
                }
            }
            // Pings are counted where they are sent.
            Event::Clock { .. }
            | Event::Holds { .. }
            | Event::Pong { .. }
            | Event::Watched { .. } => return Ok(()),
        };
        self.entries.push(Entry { turn, fact });
        Ok(())
    }

    fn end_request(&mut self, number: u32) -> Result<(), Tampering> {
        match self.request_mut(number) {
            Some(request) if request.state == RequestState::Waiting => {
                request.state = RequestState::Ended;
                Ok(())
            }
            _ => Err(Tampering(format!(
                "request {number} ended, but is not waiting"
            ))),
        }
    }

    fn understand(&self, request: u32, value: &Value) -> Returned {
        let user = self.request(request).map(|request| request.user);
        match value {
            Value::Row { id, name } => {
                // Only a row that was given, for this user, by an answered fetch.
                let given = self.fetches().find(|(number, fetch)| {
                    fetch.user == user
                        && self.known_user(*id) == user
                        && self.was_answered_with_row(*number)
                        && self.row_name(*number) == *name
                });
                given.map_or(Returned::InventedRow, |(fetch, _)| Returned::RowOf {
                    fetch,
                })
            }
            Value::NotFound { id } => Returned::NotFound {
                own: self.known_user(*id) == user,
            },
            Value::Unavailable => Returned::Unavailable,
            Value::Stampede { .. } => Returned::Other,
            Value::TooLong => Returned::TooLong,
            Value::Hash { text } => {
                let own = self
                    .hashes()
                    .find(|(number, hash)| hash.user == user && self.is_text_of(*number, text));
                own.map_or(Returned::InventedHash, |(hash, _)| Returned::HashOf {
                    hash,
                })
            }
        }
    }

    /// Whether `text` is what this hash was admitted to end with.
    fn is_text_of(&self, number: u32, text: &str) -> bool {
        let Some(Hash {
            user: Some(user),
            ending: Some(ending),
            ..
        }) = self.hash(number)
        else {
            return false;
        };
        match ending {
            HashEnding::Done => self.secrets.hash_text(number) == text,
            HashEnding::Bcrypt => {
                let password = self.secrets.password(*user);
                self.secrets.is_bcrypt_of(number, &password, text)
            }
            HashEnding::Panic => false,
        }
    }

    fn user_with_password(&self, password: &str) -> Option<u32> {
        let given = |user: &u32| self.secrets.password(*user) == password;
        let users = self.requests.iter().map(|request| request.user);
        // The latest first: it is most likely the one.
        users.rev().find(given)
    }

    fn was_answered_with_row(&self, number: u32) -> bool {
        self.entries.iter().any(|entry| {
            matches!(entry.fact, Fact::Answered { fetch, outcome: Outcome::Row } if fetch == number)
        })
    }

    fn known_user(&self, id: u64) -> Option<u32> {
        let beyond = id.checked_sub(self.user_base)?;
        let low = (beyond & u64::from(u32::MAX)) as u32;
        let high = (beyond >> 32) as u32;
        let number = high.checked_mul(ALIKE)?.checked_add(low)?;
        let asked = |request: &Request| request.user == number;
        self.requests.iter().any(asked).then_some(number)
    }

    fn request_mut(&mut self, number: u32) -> Option<&mut Request> {
        self.requests.get_mut((number as usize).checked_sub(1)?)
    }

    fn fetch_mut(&mut self, number: u32) -> Option<&mut Fetch> {
        self.fetches.get_mut((number as usize).checked_sub(1)?)
    }

    fn hash_mut(&mut self, number: u32) -> Option<&mut Hash> {
        self.hashes.get_mut((number as usize).checked_sub(1)?)
    }

    fn set_fetch(&mut self, number: u32, state: FetchState) {
        if let Some(fetch) = self.fetch_mut(number) {
            fetch.state = state;
        }
    }
}
