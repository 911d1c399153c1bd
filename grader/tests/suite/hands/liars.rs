//! The liars of `tests/fixtures/hands`, one for each world, and what catches their lies.

mod alone;
mod desk;
mod first;

pub(super) use alone::{CLOCK, WORK};
pub(super) use desk::{AUDIT, BULK, SERVER, SINK};
pub(super) use first::{BANK, PASSWORDS, USERS};

/// All of them.
pub(super) const ALL: [&Liar; 9] = [
    &USERS, &BANK, &PASSWORDS, &AUDIT, &SERVER, &BULK, &SINK, &WORK, &CLOCK,
];

/// The lies of one world's liar, and the drill that it is graded for.
pub(super) struct Liar {
    pub(super) program: &'static str,
    pub(super) drill: &'static str,
    /// These do no harm: the first is not a lie, the others gain nothing.
    pub(super) harmless: &'static [&'static str],
    /// Those of this program alone: a check, or [`PROTOCOL`], and the lies that it catches.
    pub(super) caught: &'static [(&'static str, &'static [&'static str])],
    /// Whether it sits at the desk that several have.
    has_desk: bool,
}

/// What is said of lies that are refused before any rule sees them.
pub(super) const PROTOCOL: &str = "the worker broke the protocol";

/// The lies that the desk tells in every world. What catches them is the world's affair.
const AT_THE_DESK: &[&str] = &[
    "answers_the_dropped",
    "asks_again_unasked",
    "begins_each_operation_twice",
    "begins_what_is_not_there",
    "delivers_before_the_answer",
    "drops_every_operation",
    "has_an_error_of_its_own",
    "is_never_available",
    "is_never_idle",
    "keeps_the_delivery_quiet",
    "panics_at_once",
    "returns_a_text",
    "returns_twice",
    "says_nothing",
    "skips_a_step",
    "speaks_of_another_run",
];

impl Liar {
    /// The files that it is made of.
    pub(super) fn files(&self) -> impl Iterator<Item = &'static str> {
        let desk = self.has_desk.then_some("desk.rs");
        [self.program, "channel.rs"].into_iter().chain(desk)
    }

    /// What must not pass, each with what catches it, if that is the same in every world.
    pub(super) fn lies(&self) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
        let caught = self.caught.iter();
        let own = caught.flat_map(|(by, lies)| lies.iter().map(|lie| (*lie, Some(*by))));
        let shared = if self.has_desk { AT_THE_DESK } else { &[] };
        own.chain(shared.iter().map(|lie| (*lie, None)))
    }
}
