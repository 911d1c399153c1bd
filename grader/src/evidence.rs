//! What is known of one run: the grader's own orders and what was seen of them.
//!
//! Its main type is [`Evidence`], built fact by fact. It refuses what cannot have
//! happened (a [`Tampering`]); it draws no conclusion beyond that.

mod facts;
mod noting;
mod rest;
mod secrets;

pub use facts::{
    Entry, Fact, Fetch, FetchState, Hash, HashState, Request, RequestState, Returned, Tampering,
};
use secrets::Secrets;
pub use secrets::{EMPTY, LONGEST, ODD, TOO_LONG};

use crate::schedule::{Action, HashEnding, Turn};

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
    /// The turn that was last said to be settled.
    settled_in: Option<usize>,
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
            settled_in: None,
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
    /// hash is over, or could begin because fewer run than may. One whose hash
    /// panicked may be waiting for a place to hash again.
    pub fn unserved(&self) -> Vec<u32> {
        let room = self.running_hashes().count() < self.max_parallel as usize;
        let is_unserved = |number: &u32| {
            let Some(user) = self.request(*number).map(|request| request.user) else {
                return false;
            };
            let runs = self
                .running_hashes()
                .any(|(_, hash)| hash.user == Some(user));
            let is_over = |hash: &Hash| {
                let panicked = hash.ending == Some(HashEnding::Panic);
                hash.user == Some(user) && hash.state == HashState::Over && !panicked
            };
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
}
