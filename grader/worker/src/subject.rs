//! The terms of a drill's contract: how its submission is made and called. Its
//! main type is [`Subject`].

use futures::future::LocalBoxFuture;
use kit::supervised::{Answer, Named, Supply, Told};

use crate::protocol::{Ending, Value};
use crate::words;

/// Makes an instance of the submission's type, on the event loop, from the run's kit
/// handles and the other arguments that the drill's instances take.
pub type NewSubject = fn(&Supply, Arguments<'_>) -> Box<dyn Subject>;

/// The future of one call of the submission.
pub type CallFuture = LocalBoxFuture<'static, Ending>;

/// One call of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The entry's name.
    pub entry: &'a str,
    /// Its arguments.
    pub arguments: Arguments<'a>,
}

/// The arguments of an entry or a constructor. A missing one is 0, or an empty text.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'a>(pub &'a [Value]);

impl<'a> Arguments<'a> {
    /// The number at `place`.
    pub fn number(self, place: usize) -> i64 {
        self.0.get(place).and_then(Value::number).unwrap_or(0)
    }

    /// The number at `place` as an id, with all its bits.
    pub fn id(self, place: usize) -> u64 {
        self.number(place).cast_unsigned()
    }

    /// The number at `place`, as a count.
    pub fn count(self, place: usize) -> usize {
        usize::try_from(self.number(place)).unwrap_or(0)
    }

    /// The text at `place`.
    pub fn text(self, place: usize) -> &'a str {
        self.0.get(place).and_then(Value::text).unwrap_or("")
    }

    /// The list at `place`.
    pub fn list(self, place: usize) -> &'a [Value] {
        self.0.get(place).map(Value::list).unwrap_or(&[])
    }
}

/// The submission's instance, as the puppet calls it.
pub trait Subject {
    /// Makes the future of one call, without polling it. `supply` gives further handles
    /// of the run.
    fn call(&self, call: Call<'_>, supply: &Supply) -> CallFuture;

    /// Calls an entry that returns at once.
    fn look(&self, _look: Call<'_>) -> Value {
        Value::Nothing
    }
}

/// How a call that returned `answer` ended. Naming both types pins the signature that a
/// drill asks for.
pub fn told<T: Told, E: Named>(answer: Result<T, E>) -> Ending {
    let answer: Answer = kit::supervised::told(answer);
    words::ending(answer)
}

/// The result of an entry that cannot fail.
pub fn seen<T: Told>(answer: T) -> Value {
    words::value(answer.told())
}
