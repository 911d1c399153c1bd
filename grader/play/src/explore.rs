//! The explorer: walks trees of schedules of a system it can only replay.
//!
//! Stateless depth-first search: no state is ever saved or restored; a branch
//! not taken yet is reached by playing its schedule from the start. Many branches
//! are kept open side by side, so that one message to the system moves all of
//! them. It knows nothing of caches or drills: a [`System`] plays turns, a
//! function names the turns that may follow, the caller judges what ended.

mod forest;
mod path;
mod shrink;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use forest::{Forest, Position};
pub use shrink::shrink;

/// Something that plays schedules.
pub trait System {
    /// One turn of a schedule.
    type Turn: Clone;
    /// A run that can be continued, with everything known of it.
    type Run;
    /// Why a run could not be continued.
    type Failure;

    /// Opens a run on which no turn has been played.
    fn open(&mut self) -> Self::Run;

    /// Starts playing turns on several runs. [`System::receive`] returns the
    /// outcome; meanwhile another batch may be sent.
    fn send(&mut self, batch: Vec<(Self::Run, Vec<Self::Turn>)>);

    /// The outcome of the oldest batch not yet received, its runs in the order
    /// they were sent. Empty if no batch is under way.
    fn receive(&mut self) -> Vec<Played<Self>>;

    /// Gives up the batches that were sent and not received.
    fn abandon(&mut self);

    /// Whether every turn asked for was played on a run that did not fail. If not, those
    /// that are left are played when the run is sent once more.
    fn is_played(&self, _: &Self::Run) -> bool {
        true
    }

    /// Plays turns on one run and waits for the outcome. No batch may be under way.
    fn play(&mut self, mut run: Self::Run, mut turns: Vec<Self::Turn>) -> Played<Self> {
        loop {
            self.send(vec![(run, turns)]);
            let mut played = self.receive();
            let played = played.pop().expect("one run in, one run out");
            if played.failure.is_some() || self.is_played(&played.run) {
                return played;
            }
            (run, turns) = (played.run, Vec::new());
        }
    }

    /// How many runs may be open side by side. More runs mean fewer, larger
    /// messages.
    fn width(&self) -> usize;

    /// Closes a run that is not to be continued.
    fn close(&mut self, run: &Self::Run);
}

/// A run after some more turns.
pub struct Played<S: System + ?Sized> {
    /// The run, with what is known up to its end.
    pub run: S::Run,
    /// Why it ended early, if it did.
    pub failure: Option<S::Failure>,
}

/// How many schedules were played, and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Schedules played to their end.
    pub schedules: usize,
    /// Branches cut off because another branch shows the same.
    pub pruned: usize,
    /// Branches that were found and not played, because a limit was reached.
    pub unexplored: usize,
}

/// What may follow in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follow<T> {
    /// One of these turns, at least one.
    AnyOf(Vec<T>),
    /// All of these turns, at least one.
    AllOf(Vec<T>),
    /// Nothing: the schedule has ended.
    End,
    /// Nothing new: another branch shows the same.
    Pruned,
}

/// What [`explore`] is to do after a schedule has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on.
    Continue,
    /// Leave the rest unexplored.
    Stop,
    /// Go on; this one was not played after all.
    Unplayed,
}

impl Coverage {
    /// Counts a schedule that ended, and returns whether to stop.
    fn count(&mut self, next: Next) -> bool {
        match next {
            Next::Unplayed => self.unexplored += 1,
            Next::Continue | Next::Stop => self.schedules += 1,
        }
        next == Next::Stop
    }
}

/// Batches under way: one is played while the outcome of the previous one is examined.
const BATCHES: usize = 2;

/// How much of some trees is played.
#[derive(Clone, Debug)]
pub struct Limit {
    /// So many schedules of each tree, at most. The second half of them is chosen by dice.
    pub of_a_tree: usize,
    /// Once so many schedules of all trees have begun, only a sample of each is played.
    pub of_all: usize,
    /// How many schedules that sample has.
    pub sample: usize,
    /// Chooses the branches of a sample and of a second half.
    pub dice: fastrand::Rng,
    /// Whether each branch is chosen by dice, because trees are not played whole; else the first
    /// half of each tree is played depth first.
    pub shuffled: bool,
}

impl Limit {
    /// So many schedules of each tree.
    pub fn of(schedules: usize) -> Limit {
        Limit {
            of_a_tree: schedules,
            of_all: usize::MAX,
            sample: schedules,
            dice: fastrand::Rng::with_seed(0),
            shuffled: false,
        }
    }
}

/// Plays every schedule of so many trees, side by side, within `limit`.
///
/// `choices` names the turns that may come next in a run of this tree. `ended` is shown every
/// run that ended, in an order that depends on nothing but the system's behaviour.
pub fn explore<S: System>(
    system: &mut S,
    trees: usize,
    limit: Limit,
    choices: impl Fn(usize, &S::Run) -> Follow<S::Turn>,
    mut ended: impl FnMut(&Played<S>) -> Next,
) -> Coverage {
    let mut forest = Forest::new(trees, choices, limit);
    let mut coverage = Coverage::default();
    // For each batch under way, where its runs are.
    let mut sent: VecDeque<Vec<Position<S::Turn>>> = VecDeque::new();
    let mut open: Vec<Branch<S>> = Vec::new();
    loop {
        let under_way: usize = sent.iter().map(Vec::len).sum();
        while open.len() < system.width().div_ceil(BATCHES)
            && under_way + open.len() < system.width()
        {
            let begun = coverage.schedules + under_way + open.len();
            let Some((position, to_play)) = forest.next_schedule(begun) else {
                break;
            };
            let run = system.open();
            open.push(Branch {
                position,
                run,
                to_play,
            });
        }
        if !open.is_empty() {
            let (positions, batch) = open
                .drain(..)
                .map(|branch| (branch.position, (branch.run, branch.to_play)))
                .unzip();
            sent.push_back(positions);
            system.send(batch);
            if sent.len() < BATCHES {
                continue;
            }
        }
        let Some(positions) = sent.pop_front() else {
            coverage.unexplored += forest.unplayed();
            return coverage;
        };
        let mut stop = false;
        for (outcome, position) in system.receive().into_iter().zip(positions) {
            let advance = match outcome.failure {
                None if !system.is_played(&outcome.run) => Advance::With(position, Vec::new()),
                None => forest.advance(position, &outcome.run),
                Some(_) => Advance::End,
            };
            match advance {
                Advance::With(position, to_play) => {
                    let run = outcome.run;
                    open.push(Branch {
                        position,
                        run,
                        to_play,
                    });
                    continue;
                }
                Advance::End => stop |= coverage.count(ended(&outcome)),
                Advance::Pruned => coverage.pruned += 1,
            }
            system.close(&outcome.run);
        }
        if stop {
            system.abandon();
            for branch in &open {
                system.close(&branch.run);
            }
            let under_way: usize = sent.iter().map(Vec::len).sum();
            coverage.unexplored += under_way + open.len() + forest.unplayed();
            return coverage;
        }
    }
}

/// How a run continues.
enum Advance<T> {
    /// With these turns, which lead to the position.
    With(Position<T>, Vec<T>),
    End,
    Pruned,
}

/// A run to go on with.
struct Branch<S: System> {
    position: Position<S::Turn>,
    run: S::Run,
    to_play: Vec<S::Turn>,
}
