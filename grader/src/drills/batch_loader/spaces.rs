//! The schedules of `batch_loader`.

use super::rules::Loading;
use crate::drills::history;
use crate::drills::leaving::Leaving;
use crate::drills::schedules::{self, Went};
use crate::drills::three::Three;
use crate::exam::{Exam, Findings};
use play::evidence::{ALIKE, Evidence, WITH_ID_ZERO};
use play::explore::Follow;
use play::schedule::{Action, FIRST_KEY, Few, Outcome, Polled, Turn};
use play::space::{Ask, Listed, PATIENCE_MICROS, Paths, Space, Spaces, Straight};

const A: u32 = FIRST_KEY;
const B: u32 = FIRST_KEY + 1;
const C: u32 = FIRST_KEY + 2;
const D: u32 = FIRST_KEY + 3;
const E: u32 = FIRST_KEY + 4;
const MANY_ITEMS: u32 = 300;
/// More calls, one after the other, than a task that counts them may have been tried with.
const LONG_DAY: u32 = 500;
const RANDOM_SCHEDULES: usize = 60;

/// Requests for these items, of a loader whose calls have so many ids at most.
fn space(max_batch: u32, keys: &[u32]) -> Space {
    Space {
        made: Some(Few::one(max_batch)),
        ..Space::of(keys)
    }
}

/// Two that may come together.
fn two_together(items: [u32; 2]) -> Space {
    Space {
        halves: 1,
        half_polls: vec![0, 1],
        ..space(2, &items)
    }
}

/// Nothing goes wrong: three requests in every order, and many that start together.
pub(super) fn together(exam: &mut Exam<'_>) -> Findings {
    let few = Space {
        halves: 1,
        ..space(2, &[A, B, A])
    };
    let mut spaces = Spaces::default();
    spaces.add(few);
    spaces.add(space(2, &[A, A, B, C]));
    // Callers that ask again as soon as they are told.
    let again = |key| Ask {
        again: true,
        ..Ask::of(key)
    };
    let insistent = Space {
        made: Some(Few::one(2)),
        ..Space::asking([A, B, A].map(again).to_vec())
    };
    spaces.add(insistent);
    spaces.add(space(1, &[A, B]));
    for polled in [Polled::ByNewWakers, Polled::Joined] {
        let otherwise = Space {
            polled,
            ..space(3, &[A, B, A])
        };
        spaces.add(otherwise);
        spaces.add(made(5, polled, groups(&[7, 12, 5])));
    }
    let alone = Polled::Alone;
    let idle = |evidence: &Evidence| {
        schedules::idle_for_long(evidence, Action::ask(A), schedules::slow_steps())
    };
    spaces.add(made(2, alone, idle));
    for (max_batch, sizes) in [
        (32, &[32, 2][..]),
        (8, &[32, 9, 8][..]),
        (100, &[1, 32, 1][..]),
        (7, &[3, 4, 7, 15][..]),
        (1, &[3][..]),
        (256, &[3][..]),
        (65_536, &[3][..]),
    ] {
        spaces.add(made(max_batch, alone, groups(sizes)));
    }
    for other in [B, WITH_ID_ZERO] {
        let both = move |evidence: &Evidence| twins(evidence, [A, other]);
        spaces.add(made(4, alone, both));
    }
    for (max_batch, items) in REPEATED {
        let repeated = move |evidence: &Evidence| in_one_turn(evidence, items.iter().copied());
        spaces.add(made(max_batch, alone, repeated));
    }
    spaces.add(made(4, alone, alike));
    for item in [A, B] {
        let starts = [A, item].map(|item| Turn::full(Action::ask(item)));
        let anew = move |evidence: &Evidence| schedules::one_after_the_other(evidence, starts);
        spaces.add(made(4, alone, anew));
        let ended =
            move |evidence: &Evidence| schedules::one_after_the_other_ended(evidence, starts);
        spaces.add(made(4, alone, ended));
        let starts = [Turn::partial(Action::ask(A), 1), starts[1]];
        let at_once = move |evidence: &Evidence| schedules::one_after_the_other(evidence, starts);
        spaces.add(made(4, alone, at_once));
    }
    let several =
        |evidence: &Evidence| schedules::instances(evidence, |nth| Action::ask(A + nth % 2));
    spaces.add(made(4, alone, several));
    let second = |evidence: &Evidence| schedules::slow_for_the_second(evidence, Action::ask(A));
    spaces.add(made(4, alone, second));
    for pairs in schedules::PAIRS {
        let in_pairs = move |evidence: &Evidence| {
            schedules::in_pairs(evidence, pairs, schedules::PAIRED, |_, _| Action::ask(A))
        };
        spaces.add(made(4, alone, in_pairs));
    }
    spaces.add(made(100, alone, far_alike));
    spaces.add(Listed(long_day()));
    spaces.add(made(4, alone, once_more));
    for polls in [[1, 1], [1, 2], [2, 1], [2, 2], [0, 2]] {
        let turns = move |evidence: &Evidence| turn_after_turn(evidence, polls);
        spaces.add(made(3, alone, turns));
    }
    for items in [1, 30, MANY_ITEMS] {
        let crowd = move |evidence: &Evidence| crowd(evidence, items);
        spaces.add(made(8, alone, crowd));
    }
    let at_once = |evidence: &Evidence| {
        schedules::answered_at_once(evidence, (A..A + MANY_ITEMS).map(Action::ask))
    };
    spaces.add(made(1, alone, at_once));
    let first = Action::ask(A);
    for first in [Turn::full(first), Turn::partial(first, 1)] {
        let anew = move |evidence: &Evidence| {
            schedules::one_after_the_other(evidence, [first, Turn::full(Action::ask(B))])
        };
        spaces.add(made(4, alone, anew));
    }
    spaces.add(made(2, alone, slow));
    into_the_gap(&mut spaces, None);
    of_each_size(&mut spaces);
    exam.explore_all(&Loading, &spaces)
}

/// What such a schedule does that begins by making a loader.
fn made(
    max_batch: u32,
    polled: Polled,
    then: impl Fn(&Evidence) -> Option<Turn>,
) -> Straight<impl Fn(&Evidence) -> Option<Turn>> {
    let numbers = Few::one(max_batch);
    Straight(move |evidence: &Evidence| match evidence.turns().len() {
        0 => Some(Turn::full(Action::Make { numbers })),
        1 => Some(Turn::full(Action::Poll { polled })),
        _ => then(evidence),
    })
}

/// Where groups of these sizes end that follow each other.
fn sums(sizes: impl Iterator<Item = u32>) -> Vec<u32> {
    let sums = sizes.scan(0, |sum, size| {
        *sum += size;
        Some(*sum)
    });
    sums.collect()
}

/// Groups of so many requests, each about an item of its own. The first group is answered
/// before the second starts; the others start while calls are out.
fn groups(sizes: &[u32]) -> impl Fn(&Evidence) -> Option<Turn> {
    let ends = sums(sizes.iter().copied());
    move |evidence: &Evidence| {
        let started = evidence.started() as u32;
        if started == ends[0] && evidence.waiting().next().is_some() {
            return schedules::then_all_answered(evidence);
        }
        if Some(&started) >= ends.last() {
            return schedules::then_all_answered(evidence);
        }
        let action = Action::ask(A + started);
        match ends.contains(&(started + 1)) {
            true => Some(Turn::full(action)),
            false => Some(Turn::partial(action, 0)),
        }
    }
}

/// Four together, two for each of two items; then once more while that is out.
fn twins(evidence: &Evidence, items: [u32; 2]) -> Option<Turn> {
    let started = evidence.started();
    let action = Action::ask(items[started % 2]);
    match started {
        8.. => schedules::then_all_answered(evidence),
        3 | 7 => Some(Turn::full(action)),
        _ => Some(Turn::partial(action, 0)),
    }
}

/// Items that are asked for in one turn, once more while they are in a batch that is not the
/// first, and the most ids that one may have.
const REPEATED: [(u32, &[u32]); 4] = [
    (2, &[A, B, C, C]),
    (2, &[A, B, C, D, D, C, B, A]),
    (2, &[A, A, B, B, C, C, A, D, D]),
    (3, &[A, B, C, D, E, D, E, D, B]),
];

fn in_one_turn(evidence: &Evidence, items: impl Iterator<Item = u32>) -> Option<Turn> {
    let mut left = items.skip(evidence.started()).map(Action::ask);
    match (left.next(), left.next()) {
        (Some(action), Some(_)) => Some(Turn::partial(action, 0)),
        (Some(last), None) => Some(Turn::full(last)),
        (None, _) => schedules::then_all_answered(evidence),
    }
}

/// Four whose ids are the same in all low bits.
fn alike(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    let action = Action::ask(A + started * ALIKE);
    match started {
        4.. => schedules::then_all_answered(evidence),
        3 => Some(Turn::full(action)),
        _ => Some(Turn::partial(action, 0)),
    }
}

/// All whose ids are the same but for one bit, or for a multiple of a prime.
fn far_alike(evidence: &Evidence) -> Option<Turn> {
    in_one_turn(evidence, schedules::alike_keys())
}

/// Two that start each in a turn of their own, so many polls apart, and three together.
fn turn_after_turn(evidence: &Evidence, [first, second]: [u32; 2]) -> Option<Turn> {
    let starts = [
        Turn::partial(Action::ask(A), first),
        Turn::partial(Action::ask(B), second),
        Turn::partial(Action::ask(A), 0),
        Turn::partial(Action::ask(C), 0),
        Turn::full(Action::ask(B)),
    ];
    match starts.get(evidence.started()) {
        Some(start) => Some(*start),
        None => schedules::then_all_answered(evidence),
    }
}

/// Four together, of which one at least is unknown; then the same once more.
fn once_more(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    let action = Action::ask(A + started % 4);
    match started {
        4 if evidence.waiting().next().is_some() => schedules::then_all_answered(evidence),
        8.. => schedules::then_all_answered(evidence),
        3 | 7 => Some(Turn::full(action)),
        _ => Some(Turn::partial(action, 0)),
    }
}

/// One item after the other, each of which has come before the next one is asked for.
fn long_day() -> Vec<Turn> {
    let numbers = Few::one(4);
    let outcome = Outcome::Value;
    let one = |operation: u32| {
        let answer = Action::Answer { operation, outcome };
        [Action::ask(A + operation % 5), answer]
    };
    let all = (1..=LONG_DAY).flat_map(one);
    let all = [Action::Make { numbers }].into_iter().chain(all);
    let micros = PATIENCE_MICROS;
    let all = all.chain([Action::Pass { micros }]);
    all.map(Turn::full).collect()
}

/// More than one turn of the loop polls, about so many items.
fn crowd(evidence: &Evidence, items: u32) -> Option<Turn> {
    let started = evidence.started() as u32;
    match started {
        MANY_ITEMS.. => schedules::then_all_answered(evidence),
        _ => Some(Turn::partial(Action::ask(A + started % items), 0)),
    }
}

/// A loader may have a few calls out at a time. One of three is answered, and before all has
/// come of that, the caller that came last is gone; then another one comes.
fn left_meanwhile(evidence: &Evidence, polls: u32) -> Option<Turn> {
    let started = evidence.started() as u32;
    let is = |wanted: fn(&Action) -> bool| evidence.turns().iter().any(|turn| wanted(&turn.action));
    let answered = is(|action| matches!(action, Action::Answer { .. }));
    let left = is(|action| matches!(action, Action::HangUp { .. }));
    let (outcome, happened) = (Outcome::Value, false);
    match (evidence.live().next(), evidence.waiting().last()) {
        _ if started < 3 => Some(Turn::full(Action::ask(A + started))),
        (Some(operation), _) if !answered => {
            Some(Turn::partial(Action::Answer { operation, outcome }, polls))
        }
        (_, Some(request)) if !left => Some(Turn::full(Action::HangUp { request, happened })),
        _ if started == 3 => Some(Turn::full(Action::ask(A + started))),
        _ => schedules::then_all_answered(evidence),
    }
}

/// Items that take a week are no reason to give up, or to ask again.
fn slow(evidence: &Evidence) -> Option<Turn> {
    schedules::slow(evidence, 2, &[A, B, A].map(Action::ask), Action::ask(A))
}

/// Calls fail, in every order; callers that ask again at once; items that are away for
/// long.
pub(super) fn failing(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 1,
        halves: 1,
        ..space(2, &[A, B])
    };
    let mut spaces = Spaces::default();
    spaces.add(Three {
        made: Some(Few::one(4)),
        asks: [A, B, C, A, B].map(Action::ask).to_vec(),
        with_drops: false,
    });
    slow_after(&mut spaces, Went::Failed);
    several_fail(&mut spaces);
    for error in [0, 1] {
        one_of_many(&mut spaces, Mishap::Answered(Outcome::Error(error)));
    }
    into_the_gap(&mut spaces, Some(Went::Failed));
    let fails_again = Space {
        errors: 1,
        ..two_together([A, B])
    };
    // Two about one item wait while a call is out.
    let behind = Space {
        halves: 1,
        half_polls: vec![0],
        ..space(2, &[B, A, A])
    };
    let later = [
        two_together([A, A]),
        two_together([A, B]),
        fails_again,
        behind,
    ];
    history::after(&mut spaces, Ask::of(A), Some(Went::Failed), &later);
    spaces.add(some);
    let three = Space {
        errors: 1,
        halves: 1,
        half_polls: vec![0, 1],
        ..space(2, &[A, B, A])
    };
    spaces.add(three);
    let twice = Space {
        errors: 1,
        halves: 1,
        ..space(2, &[A, A])
    };
    spaces.add(twice);
    // Two calls are out at once, and either may fail first.
    let two_calls = Space {
        errors: 1,
        halves: 1,
        half_polls: vec![0],
        ..space(1, &[A, B])
    };
    spaces.add(two_calls);
    let each_in_its_way =
        |evidence: &Evidence| schedules::two_errors(evidence, [A, B].map(Action::ask));
    spaces.add(made(1, Polled::Alone, each_in_its_way));
    let again = Ask {
        again: true,
        ..Ask::of(A)
    };
    let insistent = Space {
        errors: 1,
        made: Some(Few::one(2)),
        ..Space::asking(vec![again, Ask::of(B)])
    };
    spaces.add(insistent);
    for behind in [0, 1] {
        let down = move |evidence: &Evidence| {
            schedules::down_for_a_while(evidence, behind, |_| Action::ask(A), 0)
        };
        spaces.add(made(2, Polled::Alone, down));
    }
    for items in [14, 5] {
        spaces.add(made(3, Polled::Alone, away(items)));
    }
    exam.explore_all(&Loading, &spaces)
}

/// Several calls fail one after the other, the first one or the last one first, while some of
/// these wait.
fn several_fail(spaces: &mut Spaces<'_>) {
    for items in [&[A, B, A][..], &[A, B, C], &[A, B, C, C + 1]] {
        for (fails, is_last) in [(2, false), (2, true), (3, false)] {
            let next = move |evidence: &Evidence| {
                if let Some(item) = items.get(evidence.started()) {
                    return Some(Turn::full(Action::ask(*item)));
                }
                let answered = schedules::answers(evidence);
                let mut live = evidence.live();
                match if is_last { live.last() } else { live.next() } {
                    Some(operation) if answered < fails => {
                        let outcome = Outcome::Error((answered % 2) as u8);
                        Some(Turn::full(Action::Answer { operation, outcome }))
                    }
                    _ => schedules::then_all_answered(evidence),
                }
            };
            spaces.add(made(3, Polled::Alone, next));
        }
    }
}

/// One flush of each size, and none is answered before all are out.
fn of_each_size(spaces: &mut Spaces<'_>) {
    for max_batch in 2..=8 {
        let ends = sums(max_batch + 1..=32);
        let next = move |evidence: &Evidence| {
            let started = evidence.started() as u32;
            let action = Action::ask(A + started);
            match ends.last() {
                Some(last) if started >= *last => None,
                _ if ends.contains(&(started + 1)) => Some(Turn::full(action)),
                _ => Some(Turn::partial(action, 0)),
            }
        };
        spaces.add(made(max_batch, Polled::Alone, next));
    }
}

/// How many items are asked for together, and how many one call may have.
const GROUPS: [(u32, u32); 5] = [(4, 4), (5, 8), (8, 4), (33, 64), (6, 1)];

/// What happens to one of several items that are asked for together.
#[derive(Clone, Copy)]
enum Mishap {
    /// Its call ends like this.
    Answered(Outcome),
    /// Its caller is dropped while the calls are out.
    LeftLate,
    /// Its caller is dropped before any call is made, and perhaps before anybody is polled.
    LeftEarly { polled: bool },
}

/// It happens to the first or to the last of a group. The others are well, and so are all that
/// ask then.
fn one_of_many(spaces: &mut Spaces<'_>, mishap: Mishap) {
    for (items, max_batch) in GROUPS {
        for is_last in [false, true] {
            let next = move |evidence: &Evidence| one_of(evidence, items, mishap, is_last);
            spaces.add(made(max_batch, Polled::Alone, next));
        }
    }
}

fn one_of(evidence: &Evidence, items: u32, mishap: Mishap, is_last: bool) -> Option<Turn> {
    let started = evidence.started() as u32;
    let is_over = evidence.is_over();
    if started < items || started < 2 * items && (is_over || started > items) {
        let action = Action::ask(A + started % items);
        let rests = started % items == items - 1;
        return Some(match (rests, mishap) {
            (true, Mishap::LeftEarly { polled }) if started < items => {
                Turn::partial(action, if polled { items } else { 0 })
            }
            (true, _) => Turn::full(action),
            (false, _) => Turn::partial(action, 0),
        });
    }
    let happens =
        |turn: &Turn| matches!(turn.action, Action::Answer { .. } | Action::HangUp { .. });
    if started > items || evidence.turns().iter().any(happens) {
        return schedules::then_all_answered(evidence);
    }
    let action = match mishap {
        Mishap::Answered(outcome) => {
            let mut live = evidence.live();
            let operation = if is_last { live.last() } else { live.next() }?;
            Action::Answer { operation, outcome }
        }
        Mishap::LeftLate | Mishap::LeftEarly { .. } => Action::HangUp {
            request: if is_last { items } else { 1 },
            happened: false,
        },
    };
    Some(Turn::full(action))
}

/// Seven together in calls of three, of which every second one fails; four times. They are
/// about so many items in all.
fn away(items: u32) -> impl Fn(&Evidence) -> Option<Turn> {
    move |evidence: &Evidence| {
        if !evidence.is_settled() || evidence.waiting().next().is_none() {
            let started = evidence.started() as u32;
            let action = Action::ask(A + started % items);
            return match started {
                28.. => schedules::then_all_answered(evidence),
                _ if started % 7 == 6 => Some(Turn::full(action)),
                _ => Some(Turn::partial(action, 0)),
            };
        }
        match evidence.live().next() {
            Some(operation) if operation % 2 == 0 => {
                let outcome = Outcome::Error((operation / 2 % 2) as u8);
                Some(Turn::full(Action::Answer { operation, outcome }))
            }
            _ => schedules::then_all_answered(evidence),
        }
    }
}

/// One caller is dropped, at every moment; then several things go wrong.
pub(super) fn dropping(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        hang_ups: 1,
        halves: 1,
        ..space(2, &[A, B])
    };
    let mut spaces = Spaces::default();
    slow_after(&mut spaces, Went::Left);
    spaces.add(Three {
        made: Some(Few::one(4)),
        asks: [A, B, A, C].map(Action::ask).to_vec(),
        with_drops: true,
    });
    let early = [false, true].map(|polled| Mishap::LeftEarly { polled });
    for mishap in early.into_iter().chain([Mishap::LeftLate]) {
        one_of_many(&mut spaces, mishap);
    }
    into_the_gap(&mut spaces, Some(Went::Left));
    let later = [two_together([A, A]), two_together([A, B])];
    history::after(&mut spaces, Ask::of(A), Some(Went::Left), &later);
    // Of two about one item one leaves, and the other may not be out yet.
    for (items, half_polls) in [(&[A, A][..], &[0, 1][..]), (&[A, A, B], &[0])] {
        spaces.add(Space {
            hang_ups: 1,
            halves: 1,
            half_polls: half_polls.to_vec(),
            ..space(2, items)
        });
    }
    spaces.add(one);
    let three = Space {
        hang_ups: 1,
        ..space(1, &[A, B, A])
    };
    spaces.add(three);
    for (max_batch, items) in [
        (4, [A, B, C]),
        (4, [A, A, B]),
        (4, [A, B, A]),
        (1, [A, B, C]),
        (2, [A, B, C]),
    ] {
        spaces.add(GoneBefore { max_batch, items });
    }
    for (max_batch, asks) in [(1, [A; 4]), (2, [A, A, B, C])] {
        let leaving = Leaving {
            made: Some(Few::one(max_batch)),
            asks: asks.map(Action::ask).to_vec(),
            only_idle: false,
        };
        spaces.add(leaving);
    }
    for polls in 0..4 {
        let meanwhile = move |evidence: &Evidence| left_meanwhile(evidence, polls);
        spaces.add(made(1, Polled::Alone, meanwhile));
    }
    for behind in [0, 1] {
        let in_a_row = move |evidence: &Evidence| {
            schedules::drops_for_a_while(evidence, behind, Action::ask(A))
        };
        spaces.add(made(8, Polled::Alone, in_a_row));
    }
    let gone_and_failed = Space {
        errors: 1,
        hang_ups: 1,
        halves: 1,
        half_polls: vec![0, 1],
        ..space(2, &[A, B])
    };
    spaces.add(gone_and_failed);
    let much = Space {
        errors: 2,
        hang_ups: 3,
        halves: 4,
        half_polls: vec![0, 1, 2, 3],
        ..space(3, &[A, B, A, C, B, C + 1, A, C])
    };
    spaces.walk(much, RANDOM_SCHEDULES);
    exam.explore_all(&Loading, &spaces)
}

/// Three start together, and after some polls one or two of them are dropped, while their
/// ids have not gone out or are just doing so.
struct GoneBefore {
    max_batch: u32,
    items: [u32; 3],
}

impl Paths for GoneBefore {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let one = |turn| Follow::AnyOf(vec![turn]);
        let started = evidence.started();
        let is_hang_up = |turn: &&Turn| matches!(turn.action, Action::HangUp { .. });
        let dropped = evidence.turns().iter().filter(is_hang_up).count();
        let numbers = Few::one(self.max_batch);
        if evidence.turns().is_empty() {
            return one(Turn::full(Action::Make { numbers }));
        }
        match self.items.get(started) {
            Some(item) if started < 2 => return one(Turn::partial(Action::ask(*item), 0)),
            Some(item) => {
                let after = |polls| Turn::partial(Action::ask(*item), polls);
                return Follow::AnyOf((0..5).map(after).collect());
            }
            None => {}
        }
        if dropped == 0 || dropped == 1 && !evidence.is_settled() {
            let mut choices = Vec::new();
            for request in evidence.waiting() {
                let happened = false;
                let action = Action::HangUp { request, happened };
                choices.push(Turn::full(action));
                if dropped == 0 {
                    choices.push(Turn::partial(action, 0));
                }
            }
            if !choices.is_empty() {
                return Follow::AnyOf(choices);
            }
        }
        let ends = evidence.is_settled() && evidence.waiting().next().is_none();
        if ends && started == self.items.len() {
            return one(Turn::full(Action::ask(A)));
        }
        schedules::then_all_answered(evidence).map_or(Follow::End, one)
    }
}

/// A call panics.
pub(super) fn panicking(exam: &mut Exam<'_>) -> Findings {
    let few = |max_batch, keys| Space {
        panics: 1,
        ..space(max_batch, keys)
    };
    let mut spaces = Spaces::default();
    slow_after(&mut spaces, Went::Panicked);
    one_of_many(&mut spaces, Mishap::Answered(Outcome::Panic));
    let later = [two_together([A, A]), two_together([A, B])];
    history::after(&mut spaces, Ask::of(A), Some(Went::Panicked), &later);
    spaces.add(few(2, &[A, B, A]));
    spaces.add(few(1, &[A, B]));
    for max_batch in [1, 2] {
        spaces.add(Space {
            hang_ups: 1,
            ..few(max_batch, &[A, B])
        });
    }
    let twice = Space {
        panics: 2,
        ..space(1, &[A, A])
    };
    spaces.add(twice);
    for behind in [0, 1] {
        let in_a_row = move |evidence: &Evidence| {
            schedules::panics_for_a_while(evidence, behind, |number| Action::ask(A + number), 0)
        };
        spaces.add(made(8, Polled::Alone, in_a_row));
    }
    exam.explore_all(&Loading, &spaces)
}

/// A call goes like this, and the one for another item takes long.
fn slow_after(spaces: &mut Spaces<'_>, went: Went) {
    let slow = move |evidence: &Evidence| {
        let starts = [A, B].map(Action::ask);
        schedules::time_passes_after(evidence, &starts, 0, Some(went), schedules::slow_steps())
    };
    spaces.add(made(1, Polled::Alone, slow));
}

/// Four wait while time passes in small steps; the answers come between two.
pub(super) fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let next = |evidence: &Evidence| match evidence.turns().len() {
        turn @ 2..6 => Some(Turn::full(Action::ask(A + turn as u32 % 3))),
        _ => schedules::in_small_steps(evidence, 6),
    };
    exam.explore(&Loading, &made(2, Polled::Alone, next))
}

/// An only call ends like this, and others come before anybody has done with it.
fn into_the_gap(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for polls in schedules::GAPS {
        for most in [1, 4] {
            for behind in schedules::BEHIND {
                let gap = move |evidence: &Evidence| {
                    let starts = [A, B, A].map(Action::ask);
                    let newcomers = [A, B, C].map(Action::ask);
                    let starts = &starts[..=behind];
                    schedules::into_the_gap(evidence, starts, (0, went), polls, &newcomers)
                };
                spaces.add(made(most, Polled::Alone, gap));
            }
        }
    }
}
