//! What is known of one run: the grader's own orders and what the worker reported.
//!
//! Its main type is [`Evidence`], built fact by fact. It refuses reports that
//! cannot be true (a [`Tampering`]), and draws no other conclusion.

mod arrivals;
mod facts;
mod noting;
mod rest;
mod secrets;

use protocol::Value;

pub use facts::{
    Entry, FAILED_IN_A_THREAD, Fact, Operation, OperationState, Request, RequestState, Returned,
    Tampering, UNHEARD,
};
pub use secrets::{LETTERS, Remembered, Secrets};

use crate::schedule::{FIRST_KEY, Few, Turn};
use crate::text::one_line;
use crate::world::World;

/// The ids of two keys whose numbers are this far apart are 2^32 apart: the same to
/// a submission that keeps only the low bits.
pub const ALIKE: u32 = 1_000;

/// The ids of this key and the [`FAR_KEYS`] that begin with it are easily mistaken: the first
/// 62 differ from [`FIRST_KEY`]'s in one bit each, others by a prime, and three are beyond 2^53,
/// the most that a float can count to, and close to each other.
pub const FAR_AWAY: u32 = 4_000_000_000;

/// How many keys begin with [`FAR_AWAY`].
pub const FAR_KEYS: u32 = BITS + PRIMES.len() as u32 + CLOSE;

/// The key whose id is 0, which is false in some languages.
pub const WITH_ID_ZERO: u32 = 0;

/// How many low bits of an id get a key that differs in that bit alone.
const BITS: u32 = 62;

/// How many keys have ids that are the same as a float.
const CLOSE: u32 = 3;

/// The low bits in which those ids differ. A float loses nine of an id of [`BITS`] bits.
const LOW_BITS: u32 = 10;

/// Some primes that hash tables use as their sizes.
const PRIMES: [u32; 8] = [
    1_009,
    4_093,
    8_191,
    16_381,
    65_537,
    131_071,
    1_000_003,
    2_147_483_647,
];

/// All that is known of one run.
#[derive(Clone, Debug)]
pub struct Evidence {
    world: &'static dyn World,
    id_base: u64,
    secrets: Secrets,
    /// The same in every run of a grading.
    common: Secrets,
    turns: Vec<Turn>,
    entries: Vec<Entry>,
    requests: Vec<Request>,
    operations: Vec<Operation>,
    /// By which number the worker knows each of them.
    reported_as: Vec<u32>,
    made: Option<Few>,
    /// The first request that the current instance was called with, and the first operation
    /// that began after that instance was made.
    first_of_instance: (u32, u32),
    /// Whether code that fails outside any call ends a real process.
    ends_when_broken: bool,
    /// Whether the submission's language has wakers, so that callers can be polled in several
    /// ways.
    has_wakers: bool,
    /// Whether operations dropped now have happened all the same.
    drops_happen: bool,
    /// The turn that was last reported as settled.
    settled_in: Option<usize>,
    settled: bool,
    idle: bool,
    spun: usize,
    polls: u64,
}

impl Evidence {
    /// Nothing known yet of a run in `world` whose key `n` has the id `id_base + n`, and
    /// whose rows, amounts and passwords are made from `secret`.
    pub fn new(world: &'static dyn World, id_base: u64, secret: u64) -> Evidence {
        Evidence {
            world,
            id_base,
            secrets: Secrets::of(secret),
            common: Secrets::of(secret),
            turns: Vec::new(),
            entries: Vec::new(),
            requests: Vec::new(),
            operations: Vec::new(),
            reported_as: Vec::new(),
            made: None,
            first_of_instance: (1, 1),
            ends_when_broken: false,
            has_wakers: true,
            drops_happen: false,
            settled_in: None,
            settled: true,
            idle: true,
            spun: 0,
            polls: 0,
        }
    }

    /// The same, where everything that repeats in each run is made from `secret`.
    #[must_use]
    pub fn with_common(mut self, secret: u64) -> Evidence {
        self.common = Secrets::of(secret);
        self
    }

    /// The same, where code that fails outside any call ends a real process, as a rejection
    /// that nobody handles does in Node.
    #[must_use]
    pub fn ending_when_broken(mut self, ends: bool) -> Evidence {
        self.ends_when_broken = ends;
        self
    }

    /// What ended a real process here, and in which turn, if something did.
    pub fn ended_by(&self) -> Option<(usize, &str)> {
        let broke = self.entries.iter().find_map(|entry| match &entry.fact {
            Fact::Broke { message } => Some((entry.turn, message.as_str())),
            _ => None,
        });
        broke.filter(|_| self.ends_when_broken)
    }

    /// The same, where the submission's language has wakers or not.
    #[must_use]
    pub fn having_wakers(mut self, has: bool) -> Evidence {
        self.has_wakers = has;
        self
    }

    /// Whether callers can be polled in several ways.
    pub fn has_wakers(&self) -> bool {
        self.has_wakers
    }

    /// What ended a task that nobody has asked about, if something did.
    pub fn unheard(&self) -> Option<String> {
        let mut last = self.entries.iter().rev();
        last.find_map(|entry| noted(entry, UNHEARD))
    }

    /// What was raised first in another thread than the loop's, if something was.
    pub fn failed_in_a_thread(&self) -> Option<String> {
        let mut entries = self.entries.iter();
        entries.find_map(|entry| noted(entry, FAILED_IN_A_THREAD))
    }

    /// The grader's secrets, the same in every run of a grading, so that a schedule
    /// played again shows the same numbers.
    pub fn common(&self) -> &Secrets {
        &self.common
    }

    /// The world the run is in.
    pub fn world(&self) -> &'static dyn World {
        self.world
    }

    /// The schedule so far.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// All facts, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the instance was made with: what a turn says, else the world's usual numbers.
    pub fn made(&self) -> Few {
        self.made.unwrap_or_else(|| self.world.usual_numbers())
    }

    /// Request `number`, counted from 1.
    pub fn request(&self, number: u32) -> Option<&Request> {
        self.requests.get((number as usize).checked_sub(1)?)
    }

    /// Operation `number`, counted from 1.
    pub fn operation(&self, number: u32) -> Option<&Operation> {
        self.operations.get((number as usize).checked_sub(1)?)
    }

    /// The requests with their numbers, without those that were not made.
    pub fn requests(&self) -> impl Iterator<Item = (u32, &Request)> {
        let made = |(_, request): &(u32, &Request)| request.state != RequestState::Unmade;
        (1..).zip(&self.requests).filter(made)
    }

    /// The number of the request that the next turn may start.
    pub fn next_request(&self) -> u32 {
        self.requests.len() as u32 + 1
    }

    /// How many requests the grader has started.
    pub fn started(&self) -> usize {
        let is_start = |entry: &&Entry| matches!(entry.fact, Fact::Started { again: false, .. });
        self.entries.iter().filter(is_start).count()
    }

    /// The operations with their numbers.
    pub fn operations(&self) -> impl Iterator<Item = (u32, &Operation)> {
        (1..).zip(&self.operations)
    }

    /// Whether the current instance was called with this request: it may have been made after
    /// an earlier one was dropped.
    pub fn is_of_this_instance(&self, request: u32) -> bool {
        request >= self.first_of_instance.0
    }

    /// Whether an operation is the current instance's, as far as is known.
    pub fn is_by_this_instance(&self, number: u32) -> bool {
        let Some(operation) = self.operation(number) else {
            return false;
        };
        match operation.request {
            Some(request) => self.is_of_this_instance(request),
            None => {
                let about = |(_, it): &(u32, &Request)| Some(it.key) == operation.key;
                let mut asked = self.requests().filter(about).peekable();
                let is_asked_by_none = asked.peek().is_none();
                number >= self.first_of_instance.1
                    && (is_asked_by_none || asked.any(|(it, _)| self.is_of_this_instance(it)))
            }
        }
    }

    /// The numbers of the requests that have not ended.
    pub fn waiting(&self) -> impl Iterator<Item = u32> {
        let waiting = |(_, request): &(u32, &Request)| request.state == RequestState::Waiting;
        (1..)
            .zip(&self.requests)
            .filter(waiting)
            .map(|(number, _)| number)
    }

    /// The numbers of the operations that can be answered.
    pub fn live(&self) -> impl Iterator<Item = u32> {
        self.operations()
            .filter(|(_, operation)| operation.state == OperationState::Live)
            .map(|(number, _)| number)
    }

    /// Whether a live operation is about this key.
    pub fn is_under_way(&self, key: u32) -> bool {
        let live = |operation: &Operation| {
            operation.state == OperationState::Live && operation.key == Some(key)
        };
        self.operations.iter().any(live)
    }

    /// The waiting requests that the submission should move on by itself.
    pub fn unserved(&self) -> Vec<u32> {
        self.world.unserved(self)
    }

    /// Whether nobody waits and nothing is under way.
    pub fn is_over(&self) -> bool {
        self.waiting().next().is_none() && self.live().next().is_none()
    }

    /// What only the grader knows of the run.
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

    /// In how many turns a task was still ready when all had been polled as often as an honest
    /// run may need.
    pub fn spun(&self) -> usize {
        self.spun
    }

    /// How many facts are the grader's own doing.
    pub fn grader_facts(&self) -> usize {
        let own = |entry: &&Entry| entry.fact.is_the_graders();
        self.entries.iter().filter(own).count()
    }

    /// The same, up to this turn: enough for a timeline, not for playing on.
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

    /// The id that key `number` has on the wire.
    pub fn wire_id(&self, number: u32) -> u64 {
        let usual = self.id_base + u64::from(FIRST_KEY);
        if number == WITH_ID_ZERO {
            return 0;
        }
        if let Some(beyond) = number.checked_sub(FAR_AWAY) {
            let Some(beyond) = beyond.checked_sub(BITS) else {
                return usual ^ 1 << beyond;
            };
            if let Some(prime) = PRIMES.get(beyond as usize) {
                return usual + u64::from(*prime);
            }
            let low = beyond - PRIMES.len() as u32;
            return 1 << (BITS - 1) | usual << LOW_BITS | u64::from(low);
        }
        let alike = u64::from(number / ALIKE) << 32;
        self.id_base + alike + u64::from(number % ALIKE)
    }

    /// The key that has this id, if a request was about it.
    pub fn known_key(&self, id: &Value) -> Option<u32> {
        let id = id.number()?.cast_unsigned();
        let of_far = |request: &&Request| request.key >= FAR_AWAY || request.key == WITH_ID_ZERO;
        let mut far = self.requests.iter().filter(of_far);
        if let Some(request) = far.find(|request| self.wire_id(request.key) == id) {
            return Some(request.key);
        }
        let beyond = id.checked_sub(self.id_base)?;
        let low = (beyond & u64::from(u32::MAX)) as u32;
        let high = (beyond >> 32) as u32;
        let number = high.checked_mul(ALIKE)?.checked_add(low)?;
        let asked = |request: &Request| request.key == number;
        self.requests.iter().any(asked).then_some(number)
    }
}

/// The text of a note of this kind.
fn noted(entry: &Entry, wanted: &str) -> Option<String> {
    match &entry.fact {
        Fact::Noted {
            kind, arguments, ..
        } if kind == wanted => Some(one_line(arguments.first()?.text()?, 200)),
        _ => None,
    }
}
