//! What can be wrong with a run: the kinds of violation, and the rules that find them.
//!
//! Its main types are [`Violation`] and [`Rules`]. Rules read evidence and know
//! nothing of processes, files or scores.

use crate::evidence::Evidence;
use crate::failure::Failure;

/// A way to break the rules. Each check names the kinds that fail it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Two operations on one key are live at once: two fetches of one user.
    Overlap,
    /// A fetch began for which there was no reason.
    NeedlessFetch,
    /// A request began more than one fetch.
    ExtraFetch,
    /// A request should have begun a fetch and has not.
    MissingFetch,
    /// Requests wait and nothing can end their waiting.
    Hang,
    /// A request waits for another user's fetch.
    WaitsForOther,
    /// A request returned a row that no fetch of its user brought.
    WrongRow,
    /// A request returned an error no fetch of its user returned.
    InventedError,
    /// A request returned the error of a fetch that was over before the request began.
    StaleError,
    /// A request ended in a panic.
    Panicked,
    /// A hash ran on the loop's thread.
    HashOnLoop,
    /// More hashes run at once than are allowed.
    OverLimit,
    /// Fewer hashes run at once than there is work and room for.
    Underused,
    /// A request returned something other than its own hash.
    WrongHash,
    /// A request that must be refused was not: a password that is too long, an account
    /// that does not exist.
    NotRefused,
    /// Another deposit's write is gone, or a deposit reported as done is not.
    LostUpdate,
    /// The other side holds a value that no request explains.
    Unexplained,
    /// A returned balance is not the one that the deposit made.
    WrongBalance,
    /// A request was told an error, yet what it asked for has happened.
    FailedYetDone,
    /// An operation that must be done once was done again.
    Twice,
    /// Something was done out of order, before an earlier request's turn.
    OutOfOrder,
    /// A request returned a result that is not its own operation's.
    WrongResult,
    /// What is of no use any more was used again: a connection.
    Reused,
    /// A connection was closed that was of use.
    ClosedInUse,
    /// A connection was opened while an idle one was there.
    NeedlessConnect,
    /// One key was served again and again while another key waited for a slot.
    Starved,
    /// Money came from nowhere, or is gone.
    TotalChanged,
    /// A balance is below 0.
    Overdrawn,
    /// A transfer happened before its record was written.
    Unrecorded,
    /// A request was told that its work is done, and it is not.
    NotDone,
    /// A request was refused although it could have been done.
    NeedlessRefusal,
    /// What was there together went out in more calls than it takes.
    Split,
    /// A call asks for nothing.
    EmptyCall,
    /// A request was answered by a call that had gone out before it came.
    JoinedLate,
    /// A request was answered with what a call had brought before it came.
    Cached,
    /// A reported count does not match what happened.
    WrongCount,
    /// A reported time is not the time that passed.
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
    /// Waiting costs polls, or notices the answer late.
    Polling,
    /// The event loop's thread stopped.
    Blocked,
    /// The process ended.
    Died,
    /// The worker broke the protocol.
    Garbled,
    /// It begins more and more operations that nothing calls for; the run was ended.
    Restless,
}

impl Kind {
    /// The kinds that end the process in which a run is played, or would keep it busy
    /// for ever.
    pub const OF_THE_PROCESS: [Kind; 4] =
        [Kind::Blocked, Kind::Died, Kind::Garbled, Kind::Restless];

    /// Kinds after which a schedule proves little else.
    pub const BLINDING: [Kind; 5] = [
        Kind::Hang,
        Kind::WaitsForOther,
        Kind::Panicked,
        Kind::HashOnLoop,
        Kind::BlockingCall,
    ];
}

/// One broken rule, and the turn in which it shows.
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

    /// Whether a task that asks to be polled again and again while nothing happens is a mistake
    /// that they tell of. Then a run in which one does is not played much further.
    fn minds_polling(&self) -> bool {
        false
    }

    /// Adds the drill's own words to a violation that stands for a worker's failure.
    fn describe(&self, _violation: &mut Violation, _evidence: &Evidence) {}
}

/// The violation that a worker's failure stands for; `None` if the run was not played.
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
