//! The grader's seam: lets a supervising process answer what the kit is asked.
//!
//! Exists only under the `supervised` feature, which a learner's workspace
//! leaves off. [`connect`] hands out the one [`Connection`] of a process to its first
//! caller: the puppet, before any submitted code has run. Every operation of the kit has
//! the name and the arguments here that it has in the grader's protocol.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A value: what arguments and answers are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Datum {
    /// Nothing.
    #[default]
    Nothing,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Several values, in order.
    List(Vec<Datum>),
}

impl Datum {
    /// The number, or 0.
    pub fn number(&self) -> i64 {
        match self {
            Datum::Number(number) => *number,
            _ => 0,
        }
    }

    /// The text, or an empty one.
    pub fn text(&self) -> &str {
        match self {
            Datum::Text(text) => text,
            _ => "",
        }
    }

    /// The values of a list, or none.
    pub fn list(&self) -> &[Datum] {
        match self {
            Datum::List(values) => values,
            _ => &[],
        }
    }
}

impl From<u64> for Datum {
    fn from(number: u64) -> Datum {
        Datum::Number(number.cast_signed())
    }
}

impl From<i64> for Datum {
    fn from(number: i64) -> Datum {
        Datum::Number(number)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Datum {
        Datum::Text(text.to_owned())
    }
}

/// An error: its name in the protocol, and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed(pub String, pub Vec<Datum>);

/// How an operation was answered. An answer with a panic is not here: the operation itself panics.
pub type Answer = Result<Datum, Failed>;

/// An operation that is awaited. It is boxed so that code which awaits it compiles
/// without all that an operation is made of.
pub type Operation = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What a supervised handle passes its calls to.
pub trait Operator: Debug + Send + Sync {
    /// Begins an operation at once; dropping the future cancels it.
    fn begin(&self, kind: &'static str, arguments: Vec<Datum>) -> Operation;

    /// Notes an event that needs no answer.
    fn note(&self, kind: &'static str, arguments: Vec<Datum>);

    /// The run's age by the grader's clock.
    fn now(&self) -> Duration;
}

/// Takes the place of hashing in a supervised process.
pub trait Hasher: Debug + Send + Sync {
    /// The hash of a password that is not too long. Blocks the calling thread.
    fn hash(&self, password: &str) -> String;

    /// Whether `hash` belongs to `password`. Blocks the calling thread.
    fn verify(&self, password: &str, hash: &str) -> bool;
}

/// What a supervised process tells of each step of [`crate::work`].
pub trait Counter: Debug + Send + Sync {
    /// A step was made: from this state, with this number, to the next state.
    fn made(&self, state: u64, number: u64, next: u64);
}

/// The result of an entry, as it is reported to the grader.
pub trait Told {
    /// The value.
    fn told(self) -> Datum;
}

/// An error of the kit, as it is exchanged with the grader.
pub trait Named: Sized {
    /// Its name and its arguments.
    fn named(&self) -> Failed;

    /// The error of that name.
    fn of(failed: &Failed) -> Option<Self>;
}

impl Told for () {
    fn told(self) -> Datum {
        Datum::Nothing
    }
}

impl Told for i64 {
    fn told(self) -> Datum {
        Datum::Number(self)
    }
}

impl Told for u64 {
    fn told(self) -> Datum {
        self.into()
    }
}

impl Told for String {
    fn told(self) -> Datum {
        Datum::Text(self)
    }
}

impl<T: Told> Told for Option<T> {
    fn told(self) -> Datum {
        self.map_or(Datum::Nothing, Told::told)
    }
}

/// A call's result, as it is reported to the grader.
pub fn told<T: Told, E: Named>(answer: Result<T, E>) -> Answer {
    answer.map(Told::told).map_err(|error| error.named())
}

/// The answer to an operation, as the submission gets it.
///
/// # Panics
/// For an error that the operation does not have: the grader's mistake.
pub(crate) fn understood<T, E: Named>(
    answer: Answer,
    value: impl FnOnce(Datum) -> T,
) -> Result<T, E> {
    match answer {
        Ok(datum) => Ok(value(datum)),
        Err(failed) => Err(E::of(&failed).expect("the grader answers with the kit's own errors")),
    }
}

static HASHER: OnceLock<Arc<dyn Hasher>> = OnceLock::new();

/// The process's hasher, if it has one.
pub(crate) fn hasher() -> Option<&'static dyn Hasher> {
    HASHER.get().map(|hasher| &**hasher)
}

static COUNTER: OnceLock<Arc<dyn Counter>> = OnceLock::new();

/// The process's counter, if it has one.
pub(crate) fn counter() -> Option<&'static dyn Counter> {
    COUNTER.get().map(|counter| &**counter)
}

/// The bcrypt hash of `password` with this work factor and salt.
///
/// # Panics
/// For a cost that bcrypt does not know: less than 4, more than 31.
pub fn bcrypt_with(password: &str, cost: u32, salt: [u8; 16]) -> String {
    let parts = bcrypt::hash_with_salt(password, cost, salt).expect("the cost is valid");
    parts.format_for_version(bcrypt::Version::TwoB)
}

/// Hashes and verifies for real, as a learner's own process does.
pub fn real_hash(password: &str) -> String {
    crate::password::bcrypt_hash(password)
}

/// See [`real_hash`].
pub fn real_verify(password: &str, hash: &str) -> bool {
    crate::password::bcrypt_verify(password, hash)
}

/// The right to make supervised handles. There is one in a process.
#[derive(Debug)]
pub struct Connection {
    _only_connect_makes_one: (),
}

static CONNECTED: AtomicBool = AtomicBool::new(false);

/// The process's one connection for the first caller, `None` for every other.
pub fn connect() -> Option<Connection> {
    let first = !CONNECTED.swap(true, Ordering::SeqCst);
    first.then_some(Connection {
        _only_connect_makes_one: (),
    })
}

impl Connection {
    /// Hands out handles whose operations go to `operator`.
    pub fn supply(&self, operator: Arc<dyn Operator>) -> Supply {
        Supply { operator }
    }

    /// From now on every hash of the process asks `hasher`. A second hasher is ignored.
    pub fn supervise_hashing(&self, hasher: Arc<dyn Hasher>) {
        let _ = HASHER.set(hasher);
    }

    /// From now on every step of the process is told to `counter`. The first one stays.
    pub fn supervise_steps(&self, counter: Arc<dyn Counter>) {
        let _ = COUNTER.set(counter);
    }
}

/// Hands out the kit's handles for one run. Each module of the kit adds its own.
#[derive(Clone, Debug)]
pub struct Supply {
    operator: Arc<dyn Operator>,
}

impl Supply {
    /// Notes that the call now being polled begins to run, for entries where the order
    /// of first polls matters.
    pub fn polled(&self) {
        self.operator.note("polled", Vec::new());
    }

    /// The operator that its handles pass their calls to.
    pub(crate) fn operator(&self) -> Arc<dyn Operator> {
        Arc::clone(&self.operator)
    }
}
