//! The schedules of `loop_monitor`.

use super::rules::Monitoring;
use crate::exam::{Exam, Findings};
use play::schedule::{Action, Few, Turn};
use play::space::{Listed, Spaces};

const MILLISECOND: u64 = 1_000;
const SECOND: u64 = 1_000 * MILLISECOND;
const HOUR: u64 = 3_600 * SECOND;

/// Hours for which a loop is blocked: 32 bits hold the microseconds of the first, but not of
/// the second.
const LONG_STALLS: [u64; 2] = [1, 2];

/// What monitors are started with, in milliseconds: `every` and `threshold`. In the last
/// one nothing but a long stall is above both together.
const MADE: [[u32; 2]; 4] = [[10, 50], [7, 100], [200, 3_000], [100, 20]];

/// How much later than a look of the simplest monitor a stall begins, in parts of `every`.
const OFFSETS: [u64; 5] = [0, 1, 3, 6, 9];

fn made(numbers: &[u32]) -> Turn {
    let numbers = Few::of(numbers);
    Turn::full(Action::Make { numbers })
}

fn pass(micros: u64) -> Turn {
    Turn::full(Action::Pass { micros })
}

fn block(micros: u64) -> Turn {
    Turn::full(Action::Block { micros })
}

/// Whole milliseconds of so much time.
fn whole(micros: u64) -> u64 {
    micros / MILLISECOND * MILLISECOND
}

const A_BYTE: usize = 260;
const MANY_STALLS: usize = 1_100;

/// What a monitor is started with.
#[derive(Clone, Copy)]
struct Start {
    numbers: [u32; 2],
    every: u64,
    threshold: u64,
}

impl Start {
    fn all() -> impl Iterator<Item = Start> {
        MADE.into_iter().map(|numbers| {
            let [every, threshold] = numbers.map(|millis| u64::from(millis) * MILLISECOND);
            Start {
                numbers,
                every,
                threshold,
            }
        })
    }

    /// A loop that rests for a while, so long that every monitor has looked.
    fn rest(self) -> Turn {
        pass(3 * self.every)
    }

    /// A stall, and what comes after it: time in which there may be two looks, and then
    /// more of it.
    fn stall(self, micros: u64) -> [Turn; 3] {
        [block(micros), pass(self.every - MILLISECOND), self.rest()]
    }

    /// A stall that must be counted, and one that must not.
    fn above(self) -> u64 {
        self.threshold + self.every + 5 * MILLISECOND
    }

    fn below(self) -> Option<u64> {
        let below = self.threshold.checked_sub(self.every + 5 * MILLISECOND)?;
        (below > 0).then_some(below)
    }
}

/// Nothing happens: for a moment, for a while, and for two hours.
pub(super) fn idle(exam: &mut Exam<'_>) -> Findings {
    let mut spaces = Spaces::default();
    for start in Start::all() {
        let Start { every, .. } = start;
        let turns = [
            made(&start.numbers),
            pass(whole(every / 2)),
            pass(every),
            pass(10 * every),
            pass(100 * every),
        ];
        spaces.add(Listed(turns.to_vec()));
    }
    let hours = [made(&[1_000, 5_000]), pass(HOUR), pass(HOUR)];
    for seconds in [0, 4] {
        let mut before = hours.to_vec();
        before.extend((seconds > 0).then(|| pass(seconds * SECOND)));
        let stall = [
            block(7 * SECOND),
            pass(999 * MILLISECOND),
            pass(10 * SECOND),
        ];
        spaces.add(Listed([before, stall.to_vec()].concat()));
    }
    exam.explore_all(&Monitoring, &spaces)
}

/// The loop is blocked: once at several moments, again and again, twice in a row, and for
/// hours.
pub(super) fn blocked(exam: &mut Exam<'_>) -> Findings {
    let mut spaces = Spaces::default();
    for start in Start::all() {
        let Start { every, .. } = start;
        let above = start.above();
        for tenths in OFFSETS {
            let offset = whole(every * tenths / 10);
            let rest = pass(3 * every + offset);
            for micros in [30 * above, above].into_iter().chain(start.below()) {
                let turns = [&[made(&start.numbers), rest][..], &start.stall(micros)];
                spaces.add(Listed(turns.concat()));
            }
        }
        // As soon as it has started.
        for before in [None, Some(pass(whole(every / 2)))] {
            let mut turns = vec![made(&start.numbers)];
            turns.extend(before);
            turns.extend(start.stall(above));
            spaces.add(Listed(turns));
        }
        // Several, the longest neither first nor last.
        let more = [
            above,
            2 * above,
            whole(5 * above + every / 2),
            above + 3 * MILLISECOND,
        ];
        let more = more.into_iter().chain(start.below());
        let mut turns = vec![made(&start.numbers), start.rest()];
        turns.extend(more.flat_map(|micros| start.stall(micros)));
        turns.extend([start.rest(), start.rest()]);
        spaces.add(Listed(turns));
        // Each longer than the one before, some of them far longer; and the other way round.
        let below = start.below();
        let grows = below.map(|it| whole(it / 2)).into_iter().chain(below);
        let mut grows: Vec<u64> = grows.chain([above, 12 * above, 400 * above]).collect();
        for _ in 0..2 {
            let mut turns = vec![made(&start.numbers), start.rest()];
            turns.extend(grows.iter().flat_map(|micros| start.stall(*micros)));
            spaces.add(Listed(turns));
            grows.reverse();
        }
        // Two that are alike.
        let mut alike = vec![made(&start.numbers), start.rest()];
        alike.extend([block(above), start.rest()]);
        alike.extend(start.stall(above));
        spaces.add(Listed(alike));
        // One right after the other, with a look in between; then many looks on time.
        let mut close = vec![made(&start.numbers), start.rest(), block(2 * above)];
        close.extend([block(above); 2]);
        close.extend(start.stall(above));
        close.push(pass(1_100 * every));
        spaces.add(Listed(close));
        // More than a byte can count.
        let stalls = match start.numbers {
            [10, _] => MANY_STALLS,
            _ => A_BYTE,
        };
        let mut many = vec![made(&start.numbers), start.rest()];
        many.extend([block(above), start.rest()].repeat(stalls));
        many.extend(start.stall(above));
        spaces.add(Listed(many));
        // Two between which nothing else runs, either of them short.
        let micros = whole(above / 2 + every);
        let half = Turn::partial(Action::Block { micros }, 0);
        let twice = [made(&start.numbers), start.rest(), half, half];
        let rest = [
            Turn::full(Action::Wait),
            pass(every - MILLISECOND),
            start.rest(),
        ];
        spaces.add(Listed([&twice[..], &rest].concat()));
        for hours in LONG_STALLS {
            let long = [
                &[made(&start.numbers), start.rest()][..],
                &start.stall(hours * HOUR),
            ];
            spaces.add(Listed(long.concat()));
        }
    }
    exam.explore_all(&Monitoring, &spaces)
}

/// A stall that was long ago, and one after the monitor has run for more than a week.
pub(super) fn after_days(exam: &mut Exam<'_>) -> Findings {
    let mut spaces = Spaces::default();
    for (before, after) in [(0, 25), (8 * 24, 0)] {
        let every = 100 * SECOND;
        let turns = [
            made(&[100_000, 50]),
            pass(before * HOUR),
            block(650 * SECOND),
            pass(every - MILLISECOND),
            pass(3 * every),
            pass(after * HOUR),
        ];
        spaces.add(Listed(turns.to_vec()));
    }
    exam.explore_all(&Monitoring, &spaces)
}

/// The monitor is dropped: when the loop is idle, between two looks, and after a stall.
pub(super) fn dropping(exam: &mut Exam<'_>) -> Findings {
    let mut spaces = Spaces::default();
    let discard = Turn::full(Action::Discard);
    for start in Start::all() {
        let Start { every, .. } = start;
        let made = made(&start.numbers);
        let gone = [discard, pass(every + MILLISECOND), pass(40 * every)];
        for tenths in OFFSETS {
            let offset = whole(every * tenths / 10);
            let turns = [&[made, pass(3 * every + offset)][..], &gone].concat();
            spaces.add(Listed(turns.to_vec()));
        }
        // Perhaps before its task ran at all.
        for made in [made, Turn::partial(made.action, 0)] {
            spaces.add(Listed([&[made][..], &gone].concat()));
        }
        let stalled = [
            &[made, start.rest()][..],
            &start.stall(start.above()),
            &gone,
        ];
        spaces.add(Listed(stalled.concat()));
    }
    exam.explore_all(&Monitoring, &spaces)
}

/// Two of them, with thresholds of their own: a stall that is above both or one of them,
/// and one of them is dropped. Then one is started after a stall that only the other one saw.
pub(super) fn two_monitors(exam: &mut Exam<'_>) -> Findings {
    let mut spaces = Spaces::default();
    for numbers in [[10, 50, 35], [10, 50, 10], [40, 60, 7]] {
        let longest = u64::from(numbers[0].max(numbers[2])) * MILLISECOND;
        let threshold = u64::from(numbers[1]) * MILLISECOND;
        let made = made(&numbers);
        let rest = pass(3 * longest);
        // Above one threshold, and above both.
        let [one, both] = [3 * threshold / 2 + 2 * MILLISECOND, 9 * threshold];
        let turns = [
            made,
            pass(100 * longest),
            rest,
            block(one),
            rest,
            block(both),
            rest,
        ];
        spaces.add(Listed(turns.to_vec()));
        for gone in [1, 2] {
            let drop = Turn::full(Action::ask(gone));
            let turns = [
                made,
                rest,
                block(both),
                rest,
                drop,
                pass(longest + MILLISECOND),
                rest,
                block(both + longest),
                rest,
                Turn::full(Action::Discard),
                pass(longest + MILLISECOND),
                pass(50 * longest),
            ];
            spaces.add(Listed(turns.to_vec()));
        }
    }
    for numbers in [[10, 50, 35], [10, 50, 0]] {
        let longest = u64::from(numbers[0].max(numbers[2])) * MILLISECOND;
        let threshold = u64::from(numbers[1]) * MILLISECOND;
        let rest = pass(3 * longest);
        for late in [1, 2] {
            let switch = Turn::full(Action::ask(late));
            let turns = [
                made(&numbers),
                rest,
                switch,
                pass(longest + MILLISECOND),
                rest,
                block(9 * threshold),
                rest,
                switch,
                rest,
                block(5 * threshold),
                rest,
            ];
            spaces.add(Listed(turns.to_vec()));
        }
    }
    exam.explore_all(&Monitoring, &spaces)
}
