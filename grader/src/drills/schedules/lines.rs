//! Long lines, in which somebody goes wrong, leaves or comes last.

use super::{
    GAPS, PAIRS, SOON, Went, answer_of_live, answers, each_in_the_gap, end_of_live, ends,
    every_other, gone_in_the_gap, in_pairs, instances, into_the_gap, then_all_answered,
};
use crate::drills::three::Three;
use play::evidence::Evidence;
use play::schedule::{Action, Few, Outcome, Polled, Turn};
use play::space::{Spaces, Straight};

/// What the schedules here have to know of a drill in which requests wait for each other.
#[derive(Clone, Copy)]
pub(in crate::drills) struct Line {
    /// What an instance is made with, if a turn says so.
    pub(in crate::drills) made: Option<Few>,
    /// The request that comes after so many others.
    pub(in crate::drills) start: fn(u32) -> Action,
    /// How many answers a request takes for which nobody waits.
    pub(in crate::drills) answers: usize,
}

impl Line {
    fn add(self, spaces: &mut Spaces<'_>, next: impl Fn(&Evidence) -> Option<Turn> + 'static) {
        let make = move |evidence: &Evidence| match (self.made, evidence.turns()) {
            (Some(numbers), []) => Some(Turn::full(Action::Make { numbers })),
            _ => next(evidence),
        };
        spaces.add(Straight(make));
    }

    /// So many requests in pairs.
    pub(in crate::drills) fn pairs(self, spaces: &mut Spaces<'_>, requests: usize) {
        for pairs in PAIRS {
            self.add(spaces, move |evidence: &Evidence| {
                in_pairs(evidence, pairs, requests, |pair, _| (self.start)(pair))
            });
        }
    }

    /// One instance after the other, each of which some wait for.
    pub(in crate::drills) fn instances(self, spaces: &mut Spaces<'_>) {
        self.add(spaces, move |evidence: &Evidence| {
            instances(evidence, self.start)
        });
    }

    /// Somebody comes as the first of a line ends.
    pub(in crate::drills) fn newcomers(self, spaces: &mut Spaces<'_>) {
        self.each_in_the_gap(spaces, None);
        for line in NUMBERS {
            for polls in [None, Some(0), Some(1)] {
                self.add(spaces, move |evidence: &Evidence| {
                    joins_behind(evidence, line, (self.answers, polls), self.start)
                });
            }
        }
    }

    /// One after the other, each in the gap that the end of the one before leaves.
    fn each_in_the_gap(self, spaces: &mut Spaces<'_>, went: Option<Went>) {
        // One that keeps what it was told needs fewer answers for the next.
        for (every, requests) in [(1, 1), (3, 1), (3, 2), (6, 2)] {
            self.add(spaces, move |evidence: &Evidence| {
                let ends = (requests * self.answers, went);
                each_in_the_gap(evidence, ends, every, self.start)
            });
        }
    }

    /// One goes like this, again and again, or once before a crowd comes.
    pub(in crate::drills) fn mishaps(self, spaces: &mut Spaces<'_>, went: Went) {
        self.each_in_the_gap(spaces, Some(went));
        for well in 0..self.answers {
            for before in [0, 3, 8] {
                self.add(spaces, move |evidence: &Evidence| {
                    every_other(evidence, (before, well), went, self.start)
                });
            }
            for polls in SOON {
                self.add(spaces, move |evidence: &Evidence| {
                    let crowd: [Action; CROWD] =
                        std::array::from_fn(|nth| (self.start)(nth as u32));
                    let [first, newcomers @ ..] = &crowd;
                    into_the_gap(evidence, &[*first], (well, Some(went)), polls, newcomers)
                });
            }
        }
    }

    /// One in a long line goes like this, or leaves while it waits.
    pub(in crate::drills) fn wrong(self, spaces: &mut Spaces<'_>, went: Option<Went>) {
        for line in LINES {
            self.add(spaces, move |evidence: &Evidence| {
                in_a_long_line(evidence, line, went, self.start)
            });
        }
        if let Some(went) = went {
            self.mishaps(spaces, went);
        }
    }

    /// Nearly all leave a line, one after the other; or one who is served is gone just then.
    pub(in crate::drills) fn departures(self, spaces: &mut Spaces<'_>) {
        for first_stays in [false, true] {
            self.add(spaces, move |evidence: &Evidence| {
                all_but_one_leave(evidence, first_stays, self.start)
            });
        }
        for polls in GAPS {
            for well in 0..self.answers {
                self.add(spaces, move |evidence: &Evidence| {
                    let starts = [0, 1].map(self.start);
                    gone_in_the_gap(evidence, &starts, (well, polls), (self.start)(2))
                });
            }
        }
    }

    /// Three things in a row; where nobody is dropped, five ends.
    pub(in crate::drills) fn three(self, with_drops: bool) -> Three {
        let requests = if with_drops { 4 } else { 5 };
        Three {
            made: self.made,
            asks: (0..requests).map(self.start).collect(),
            with_drops,
        }
    }
}

/// So many come at once after something went wrong, one of which was there before.
const CROWD: usize = 11;

/// How long a line is, how many ends come before the one that goes wrong, and whether the first
/// of the line is served before the others come.
const LINES: [(usize, usize, bool); 7] = [
    (12, 0, false),
    (12, 1, false),
    (12, 2, false),
    (12, 3, false),
    (40, 1, false),
    (12, 0, true),
    (12, 1, true),
];

/// Requests start together and wait for each other. After so many ends one goes like this, or
/// somebody in the middle of the line leaves; then one more comes.
pub(in crate::drills) fn in_a_long_line(
    evidence: &Evidence,
    (line, at, is_served): (usize, usize, bool),
    went: Option<Went>,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    if started < line {
        let action = start(started as u32);
        return Some(match started + 1 == line || started == 0 && is_served {
            true => Turn::full(action),
            false => Turn::partial(action, 0),
        });
    }
    let ended = ends(evidence);
    let is_waiting = evidence.waiting().next().is_some();
    let is_over = evidence.is_settled() && evidence.is_over();
    let goes_wrong = match went {
        Some(_) => end_of_live(evidence, went),
        None => evidence.waiting().nth(line / 2).map(|request| {
            let happened = false;
            Action::HangUp { request, happened }
        }),
    };
    match goes_wrong {
        Some(action) if ended == at && is_waiting => Some(Turn::full(action)),
        _ if is_over && started == line => Some(Turn::full(start(started as u32))),
        _ => then_all_answered(evidence),
    }
}

/// How long a line is when somebody comes who is told apart by the number of those before.
const NUMBERS: [u32; 7] = [5, 6, 7, 8, 9, 12, 16];

/// Requests wait in a line. After so many answers, with the last of which the first request
/// ends, one more comes: at once, or when so many polls have followed, or when all rest.
fn joins_behind(
    evidence: &Evidence,
    line: u32,
    (last, polls): (usize, Option<u32>),
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started() as u32;
    let answered = answers(evidence);
    if started < line || started == line && answered == last {
        return Some(Turn::full(start(started)));
    }
    match (answer_of_live(evidence, Some(Outcome::Value)), polls) {
        (Some(answer), Some(polls)) if answered + 1 == last => Some(Turn::partial(answer, polls)),
        _ => then_all_answered(evidence),
    }
}

/// Of a line all leave but the last one, whose turn it is in the end; the first may stay as long
/// as its work is under way. Then one more comes.
pub(in crate::drills) fn all_but_one_leave(
    evidence: &Evidence,
    first_stays: bool,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    const LINE: u32 = 10;
    let started = evidence.started() as u32;
    if started < LINE {
        return Some(Turn::full(start(started)));
    }
    let mut waiting = evidence.waiting();
    let leaver = if first_stays {
        waiting.nth(1)
    } else {
        waiting.next()
    };
    let happened = false;
    match leaver {
        Some(request) if request < LINE => Some(Turn::full(Action::HangUp { request, happened })),
        _ => match then_all_answered(evidence) {
            None if started == LINE => Some(Turn::full(start(started))),
            next => next,
        },
    }
}

/// These requests start together on a loop that polls all of them in one turn, after what the
/// instance is made with; the first may come by itself before, and go like this.
pub(in crate::drills) fn in_one_go(
    evidence: &Evidence,
    made: Few,
    went: Option<Went>,
    starts: &[Action],
) -> Option<Turn> {
    let polled = Polled::InOneGo;
    let started = evidence.started();
    let is_alone = started == 1 && went.is_some() && !evidence.is_over();
    match (evidence.turns().len(), starts.get(started)) {
        (0, _) => Some(Turn::full(Action::Make { numbers: made })),
        (1, _) => Some(Turn::full(Action::Poll { polled })),
        (_, Some(_)) if is_alone => end_of_live(evidence, went).map(Turn::full),
        (_, Some(start)) if started == 0 && went.is_some() => Some(Turn::full(*start)),
        (_, Some(start)) => Some(Turn::partial(*start, 0)),
        (_, None) => then_all_answered(evidence),
    }
}
