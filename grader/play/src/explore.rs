//! The explorer: walks the tree of schedules of a system it can only replay.
//!
//! Stateless depth-first search: no state is ever saved or restored; a branch
//! not taken yet is reached by playing its schedule from the start. Many branches
//! are kept open side by side, so that one message to the system moves all of
//! them. It knows nothing of caches or drills: a [`System`] plays turns, a
//! function names the turns that may follow, the caller judges what ended.

mod path;

use std::collections::VecDeque;

use path::Path;

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

    /// Plays turns and waits for the outcome.
    fn play(&mut self, batch: Vec<(Self::Run, Vec<Self::Turn>)>) -> Vec<Played<Self>> {
        self.send(batch);
        self.receive()
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

/// How much of a tree is played.
#[derive(Clone, Debug)]
pub struct Limit {
    /// So many schedules, at most.
    pub schedules: usize,
    /// Which branch is begun next, where they are only to be a sample; else depth first.
    pub dice: Option<fastrand::Rng>,
}

impl Limit {
    /// So many schedules, depth first.
    pub fn of(schedules: usize) -> Limit {
        Limit {
            schedules,
            dice: None,
        }
    }
}

/// Plays every schedule there is, within `limit`.
///
/// `choices` names the turns that may come next. `ended` is shown every run that ended,
/// in an order that depends on nothing but the system's behaviour.
pub fn explore<S: System>(
    system: &mut S,
    limit: Limit,
    choices: impl Fn(&S::Run) -> Follow<S::Turn>,
    ended: impl FnMut(&Played<S>) -> Next,
) -> Coverage {
    let tree = Tree {
        choices,
        limit,
        branches: VecDeque::from([Path::start()]),
        forgotten: 0,
    };
    walk(system, tree, ended)
}

/// Plays `count` schedules, each a random walk: `choose` picks the turn that
/// comes next, given the walk's number, or none when the schedule has ended.
pub fn wander<S: System>(
    system: &mut S,
    count: usize,
    choose: impl FnMut(usize, &S::Run) -> Option<S::Turn>,
    ended: impl FnMut(&Played<S>) -> Next,
) -> Coverage {
    let walks = Walks {
        choose,
        begun: 0,
        count,
    };
    walk(system, walks, ended)
}

/// The schedules to walk through, in order.
trait Ground<S: System> {
    /// The caller's note on a run: what it needs in order to continue.
    type Place;

    /// The next schedule to begin, with its first turns, given how many were begun so
    /// far (`seen`).
    fn begin(&mut self, seen: usize) -> Option<(Self::Place, Vec<S::Turn>)>;

    /// How a run continues once the turns it was sent with are played.
    fn on(&mut self, place: Self::Place, run: &S::Run) -> On<Self::Place, S::Turn>;

    /// How many known schedules were not begun.
    fn left(&self) -> usize;
}

enum On<P, T> {
    /// With these turns.
    To(P, Vec<T>),
    End,
    Pruned,
}

/// The most branches kept waiting. An honest tree never has so many; from a larger
/// one, the branches that would come last are dropped.
const BRANCHES: usize = 1 << 16;

/// Every branch of a tree, depth first.
struct Tree<C, T> {
    choices: C,
    limit: Limit,
    /// Branches not begun: the turns that lead to each. All but the last turn have been played before.
    branches: VecDeque<Path<T>>,
    /// Branches that were dropped for want of room.
    forgotten: usize,
}

impl<S: System, C: Fn(&S::Run) -> Follow<S::Turn>> Ground<S> for Tree<C, S::Turn> {
    /// The turns that lead there.
    type Place = Path<S::Turn>;

    fn begin(&mut self, seen: usize) -> Option<(Path<S::Turn>, Vec<S::Turn>)> {
        if seen >= self.limit.schedules {
            return None;
        }
        let known = self.branches.len();
        if let (Some(dice), 1..) = (&mut self.limit.dice, known) {
            self.branches.swap(dice.usize(..known), known - 1);
        }
        let path = self.branches.pop_back()?;
        let turns = path.turns();
        Some((path, turns))
    }

    fn on(&mut self, place: Path<S::Turn>, run: &S::Run) -> On<Path<S::Turn>, S::Turn> {
        let mut next = match (self.choices)(run) {
            Follow::AnyOf(next) => next,
            Follow::End => return On::End,
            Follow::Pruned => return On::Pruned,
        };
        // The first choice continues this run; the others wait.
        for choice in next.drain(1..).rev() {
            self.branches.push_back(place.then(choice));
        }
        let too_many = self.branches.len().saturating_sub(BRANCHES);
        self.branches.drain(..too_many);
        self.forgotten += too_many;
        let place = next
            .iter()
            .cloned()
            .fold(place, |path, turn| path.then(turn));
        On::To(place, next)
    }

    fn left(&self) -> usize {
        self.branches.len() + self.forgotten
    }
}

/// `count` random walks, each independent of the others.
struct Walks<C> {
    choose: C,
    begun: usize,
    count: usize,
}

impl<S: System, C: FnMut(usize, &S::Run) -> Option<S::Turn>> Ground<S> for Walks<C> {
    /// The walk's number.
    type Place = usize;

    fn begin(&mut self, _: usize) -> Option<(usize, Vec<S::Turn>)> {
        let number = self.begun;
        (number < self.count).then(|| {
            self.begun += 1;
            (number, Vec::new())
        })
    }

    fn on(&mut self, number: usize, run: &S::Run) -> On<usize, S::Turn> {
        match (self.choose)(number, run) {
            Some(turn) => On::To(number, vec![turn]),
            None => On::End,
        }
    }

    fn left(&self) -> usize {
        self.count - self.begun
    }
}

/// A run to go on with.
struct Branch<S: System, P> {
    place: P,
    run: S::Run,
    to_play: Vec<S::Turn>,
}

/// Walks through everything, many runs side by side.
fn walk<S: System, G: Ground<S>>(
    system: &mut S,
    mut ground: G,
    mut ended: impl FnMut(&Played<S>) -> Next,
) -> Coverage {
    let mut coverage = Coverage::default();
    // For each batch under way, the notes on its runs.
    let mut sent: VecDeque<Vec<G::Place>> = VecDeque::new();
    let mut open: Vec<Branch<S, G::Place>> = Vec::new();
    loop {
        let under_way: usize = sent.iter().map(Vec::len).sum();
        while open.len() < system.width().div_ceil(BATCHES)
            && under_way + open.len() < system.width()
        {
            let seen = coverage.schedules + under_way + open.len();
            let Some((place, to_play)) = ground.begin(seen) else {
                break;
            };
            let run = system.open();
            open.push(Branch {
                place,
                run,
                to_play,
            });
        }
        if !open.is_empty() {
            let (places, batch) = open
                .drain(..)
                .map(|branch| (branch.place, (branch.run, branch.to_play)))
                .unzip();
            sent.push_back(places);
            system.send(batch);
            if sent.len() < BATCHES {
                continue;
            }
        }
        let Some(places) = sent.pop_front() else {
            coverage.unexplored += ground.left();
            return coverage;
        };
        let mut stop = false;
        for (outcome, place) in system.receive().into_iter().zip(places) {
            let on = match outcome.failure {
                None => ground.on(place, &outcome.run),
                Some(_) => On::End,
            };
            match on {
                On::To(place, to_play) => {
                    let run = outcome.run;
                    open.push(Branch {
                        place,
                        run,
                        to_play,
                    });
                    continue;
                }
                On::End => stop |= coverage.count(ended(&outcome)),
                On::Pruned => coverage.pruned += 1,
            }
            system.close(&outcome.run);
        }
        if stop {
            system.abandon();
            for branch in &open {
                system.close(&branch.run);
            }
            let under_way: usize = sent.iter().map(Vec::len).sum();
            coverage.unexplored += under_way + open.len() + ground.left();
            return coverage;
        }
    }
}

/// Makes a failing schedule shorter: tries smaller ones until none of them
/// fails any more, or `attempts` are used up.
///
/// `smaller` names candidates, most promising first. `fails` plays one and, if
/// it still fails, returns the part of it that was needed.
pub fn shrink<T: Clone>(
    failing: T,
    mut attempts: usize,
    smaller: impl Fn(&T) -> Vec<T>,
    mut fails: impl FnMut(&T) -> Option<T>,
) -> T {
    let mut best = failing;
    'again: loop {
        for candidate in smaller(&best) {
            if attempts == 0 {
                return best;
            }
            attempts -= 1;
            if let Some(shorter) = fails(&candidate) {
                best = shorter;
                continue 'again;
            }
        }
        return best;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays letters; fails when asked to play one it has been told to choke on.
    #[derive(Default)]
    struct Letters {
        chokes_on: Option<char>,
        open: isize,
        messages: usize,
        sent: VecDeque<Vec<(String, Vec<char>)>>,
    }

    impl System for Letters {
        type Turn = char;
        type Run = String;
        type Failure = char;

        fn width(&self) -> usize {
            48
        }

        fn open(&mut self) -> String {
            self.open += 1;
            String::new()
        }

        fn send(&mut self, batch: Vec<(String, Vec<char>)>) {
            self.messages += 1;
            self.sent.push_back(batch);
        }

        fn receive(&mut self) -> Vec<Played<Self>> {
            let play = |(mut run, turns): (String, Vec<char>)| {
                let failure = turns
                    .iter()
                    .copied()
                    .find(|turn| Some(*turn) == self.chokes_on);
                run.extend(turns);
                Played { run, failure }
            };
            let batch = self.sent.pop_front().unwrap_or_default();
            batch.into_iter().map(play).collect()
        }

        fn abandon(&mut self) {
            let given_up: usize = self.sent.drain(..).map(|batch| batch.len()).sum();
            self.open -= given_up as isize;
        }

        fn close(&mut self, _: &String) {
            self.open -= 1;
        }
    }

    fn follow(choices: Vec<char>) -> Follow<char> {
        if choices.is_empty() {
            Follow::End
        } else {
            Follow::AnyOf(choices)
        }
    }

    fn all(
        system: &mut Letters,
        limit: usize,
        choices: impl Fn(&String) -> Vec<char>,
    ) -> (Coverage, Vec<String>) {
        let mut seen = Vec::new();
        let coverage = explore(
            system,
            Limit::of(limit),
            |run| follow(choices(run)),
            |played| {
                seen.push(played.run.clone());
                Next::Continue
            },
        );
        assert_eq!(system.open, 0, "every run is closed");
        seen.sort();
        (coverage, seen)
    }

    /// The orders in which two tasks of `steps` steps each can interleave.
    fn interleavings(steps: usize) -> impl Fn(&String) -> Vec<char> {
        move |run| {
            let done = |task| run.chars().filter(|turn| *turn == task).count();
            ['a', 'b']
                .into_iter()
                .filter(|task| done(*task) < steps)
                .collect()
        }
    }

    #[test]
    fn two_tasks_of_three_steps_interleave_in_twenty_ways() {
        // 6! / (3! 3!)
        let (coverage, seen) = all(&mut Letters::default(), usize::MAX, interleavings(3));
        assert_eq!(
            coverage,
            Coverage {
                schedules: 20,
                ..Coverage::default()
            }
        );
        assert_eq!(seen.len(), 20);
        assert!(
            seen.windows(2).all(|pair| pair[0] != pair[1]),
            "no schedule twice"
        );
        assert!(seen.iter().all(|run| run.len() == 6));
    }

    #[test]
    fn five_tasks_of_one_step_come_in_a_hundred_and_twenty_orders() {
        let choices = |run: &String| ('a'..='e').filter(|task| !run.contains(*task)).collect();
        let (coverage, seen) = all(&mut Letters::default(), usize::MAX, choices);
        assert_eq!(coverage.schedules, 120);
        assert_eq!(seen.len(), 120);
    }

    #[test]
    fn a_system_without_choices_has_one_schedule() {
        let (coverage, seen) = all(&mut Letters::default(), usize::MAX, |_| Vec::new());
        assert_eq!((coverage.schedules, seen), (1, vec![String::new()]));
    }

    #[test]
    fn a_branch_that_shows_nothing_new_is_cut_off_and_counted() {
        let mut seen = 0;
        let choices = |run: &String| match &run[..] {
            "b" => Follow::Pruned,
            run => follow(interleavings(2)(&run.to_owned())),
        };
        let coverage = explore(
            &mut Letters::default(),
            Limit::of(usize::MAX),
            choices,
            |_| {
                seen += 1;
                Next::Continue
            },
        );
        assert_eq!(
            coverage,
            Coverage {
                schedules: 3,
                pruned: 1,
                unexplored: 0
            }
        );
        assert_eq!(seen, 3);
    }

    #[test]
    fn what_a_limit_leaves_out_is_counted() {
        let (coverage, seen) = all(&mut Letters::default(), 7, interleavings(3));
        assert_eq!(coverage.schedules, 7);
        assert_eq!(seen.len(), 7);
        assert!(coverage.unexplored > 0);
    }

    #[test]
    fn many_branches_share_a_message() {
        let mut system = Letters::default();
        let (coverage, _) = all(&mut system, usize::MAX, interleavings(5));
        assert_eq!(coverage.schedules, 252);
        assert!(system.messages < 252 / 3, "{} messages", system.messages);
    }

    #[test]
    fn a_run_that_fails_is_an_end_and_the_others_go_on() {
        let mut system = Letters {
            chokes_on: Some('b'),
            ..Letters::default()
        };
        let (coverage, seen) = all(&mut system, usize::MAX, interleavings(2));
        assert_eq!(
            seen,
            ["aa".to_owned() + "b", "ab".to_owned(), "b".to_owned()]
        );
        assert_eq!(coverage.schedules, 3);
    }

    #[test]
    fn stopping_leaves_no_run_open_and_counts_the_rest() {
        let mut system = Letters::default();
        let mut seen = 0;
        let coverage = explore(
            &mut system,
            Limit::of(usize::MAX),
            |run| follow(interleavings(6)(run)),
            |_| {
                seen += 1;
                Next::Stop
            },
        );
        assert!(seen >= 1);
        assert!(coverage.unexplored > 0);
        assert_eq!(system.open, 0);
    }

    #[test]
    fn the_order_of_discovery_is_always_the_same() {
        let discover = || {
            let mut seen = Vec::new();
            explore(
                &mut Letters::default(),
                Limit::of(usize::MAX),
                |run| follow(interleavings(4)(run)),
                |played| {
                    seen.push(played.run.clone());
                    Next::Continue
                },
            );
            seen
        };
        assert_eq!(discover(), discover());
    }

    #[test]
    fn wandering_plays_as_many_schedules_as_asked() {
        let mut system = Letters::default();
        let mut seen = Vec::new();
        let coverage = wander(
            &mut system,
            100,
            |walk, run| (run.len() < 3).then(|| char::from(b'a' + ((walk + run.len()) % 3) as u8)),
            |played| {
                seen.push(played.run.clone());
                Next::Continue
            },
        );
        assert_eq!(
            coverage,
            Coverage {
                schedules: 100,
                ..Coverage::default()
            }
        );
        assert_eq!(seen.len(), 100);
        assert_eq!(system.open, 0);
    }

    #[test]
    fn shrinking_keeps_only_what_the_failure_needs() {
        let drop_one = |text: &String| {
            (0..text.len())
                .map(|at| {
                    let mut shorter = text.clone();
                    shorter.remove(at);
                    shorter
                })
                .collect()
        };
        let fails =
            |text: &String| (text.contains('x') && text.contains('y')).then(|| text.clone());
        let shortest = shrink("abxcdyefg".to_owned(), usize::MAX, drop_one, fails);
        assert_eq!(shortest, "xy");
        let tired = shrink("abxcdyefg".to_owned(), 2, drop_one, fails);
        assert_eq!(tired, "xcdyefg");
    }
}
