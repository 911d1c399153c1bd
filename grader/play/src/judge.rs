//! What can be wrong with a run: the kinds of violation, and who finds them.
//!
//! Its main types are [`Violation`] and [`Rules`]. Rules read evidence and know
//! nothing of processes, files or scores.

use crate::evidence::Evidence;
use crate::failure::Failure;

/// A way to break the rules. Which kinds count is each check's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Two operations of one key are live at once, two fetches of one user.
    Overlap,
    /// A fetch began for which there was no reason.
    NeedlessFetch,
    /// A request began more than one fetch.
    ExtraFetch,
    /// A request should have begun a fetch and has not.
    MissingFetch,
    /// Requests wait and nothing can end it.
    Hang,
    /// A request waits for another user's fetch.
    WaitsForOther,
    /// A request returned a row its user's fetch never brought.
    WrongRow,
    /// A request returned an error no fetch of its user returned.
    InventedError,
    /// A request returned the error of a fetch that was over before it began.
    StaleError,
    /// A request ended in a panic.
    Panicked,
    /// A fetch began on another thread than the loop's.
    OffLoop,
    /// A hash ran on the loop's thread.
    HashOnLoop,
    /// More hashes run at once than allowed.
    OverLimit,
    /// Fewer hashes run at once than there is work and room for.
    Underused,
    /// A request returned what is not its own hash.
    WrongHash,
    /// What must be refused (a password that is too long, an account that does not exist)
    /// was not.
    NotRefused,
    /// What another deposit had written is gone, or what was said to be done is not.
    LostUpdate,
    /// The other side holds what nothing that was asked for explains.
    Unexplained,
    /// A balance that was returned is not the one that was made.
    WrongBalance,
    /// A request was told an error, and what it asked for has happened.
    FailedYetDone,
    /// An operation was done again that must be done once.
    Twice,
    /// Something was done before what came earlier.
    OutOfOrder,
    /// A request returned what is not the result of its own operation.
    WrongResult,
    /// One key was served again and again while another one waited for a place.
    Starved,
    /// Money came from nowhere, or is gone.
    TotalChanged,
    /// A balance is below 0.
    Overdrawn,
    /// Something happened before its record was written.
    Unrecorded,
    /// A request was told that what it asked for is done, and it is not.
    NotDone,
    /// A request was refused what could have been done.
    NeedlessRefusal,
    /// A count that was reported is not what happened.
    WrongCount,
    /// A time that was reported is not what passed.
    WrongTime,
    /// A poll computed for longer than it may.
    LongStretch,
    /// What was to be done was not done by what must do it.
    Uncounted,
    /// A neighbour on the loop had no turn when it should have had one.
    NoTurn,
    /// Much was done at once to catch up on what was missed.
    Burst,
    /// Something that was dropped went on.
    GoesOn,
    /// tokio refused a call that would have blocked the loop.
    BlockingCall,
    /// Waiting costs polls, or the answer is noticed late.
    Polling,
    /// The event loop's thread stopped.
    Blocked,
    /// The process ended.
    Died,
    /// The worker broke the protocol.
    Garbled,
    /// It begins more and more, and nothing calls for it: the run was ended.
    Restless,
}

impl Kind {
    /// The kinds that end the process a run is played in, or would without end keep it
    /// busy.
    pub const OF_THE_PROCESS: [Kind; 4] =
        [Kind::Blocked, Kind::Died, Kind::Garbled, Kind::Restless];

    /// The kinds after which a schedule proves little about anything else.
    pub const BLINDING: [Kind; 6] = [
        Kind::Hang,
        Kind::WaitsForOther,
        Kind::Panicked,
        Kind::OffLoop,
        Kind::HashOnLoop,
        Kind::BlockingCall,
    ];
}

/// One broken rule, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which kind.
    pub kind: Kind,
    /// The turn in which it shows, an index into the schedule.
    pub turn: usize,
    /// What was seen, in words a learner understands.
    pub message: String,
}

/// Finds what is wrong with a run that was played to its end.
pub trait Rules {
    /// Every violation, in the order of the turns.
    fn judge(&self, evidence: &Evidence) -> Vec<Violation>;

    /// Adds what the drill knows to a violation that a worker's failure amounts to.
    fn describe(&self, _violation: &mut Violation, _evidence: &Evidence) {}
}

/// The violation a worker's failure amounts to; `None` where nothing was seen.
pub fn violation_of(failure: &Failure, evidence: &Evidence) -> Option<Violation> {
    let kind = match failure {
        Failure::Blocked(_) => Kind::Blocked,
        Failure::Died(_) => Kind::Died,
        Failure::Garbled(_) => Kind::Garbled,
        Failure::Restless => Kind::Restless,
        Failure::OutOfTime(_) | Failure::NotPlayed => return None,
    };
    Some(Violation {
        kind,
        turn: evidence.turns().len().saturating_sub(1),
        message: failure.to_string(),
    })
}
