//! The explorer on trees of letters.

use std::collections::BTreeSet;

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
        1,
        Limit::of(limit),
        |_, run| follow(choices(run)),
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
    let choices = |_, run: &String| match &run[..] {
        "b" => Follow::Pruned,
        run => follow(interleavings(2)(&run.to_owned())),
    };
    let coverage = explore(
        &mut Letters::default(),
        1,
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
fn in_a_tree_that_is_cut_the_first_turns_change_as_well() {
    let begins = || (1_000..1_400).filter_map(char::from_u32);
    let choices = |run: &String| match run.chars().count() {
        0 => begins().collect(),
        1..=6 => vec!['d', 'e'],
        _ => Vec::new(),
    };
    let limit = 400;
    let (coverage, seen) = all(&mut Letters::default(), limit, choices);
    assert_eq!(coverage.schedules, limit);
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), limit);
    // Depth first, the first turn would be one of the first fifty in all of them.
    let firsts: BTreeSet<char> = seen.iter().filter_map(|run| run.chars().next()).collect();
    assert!(firsts.len() > limit / 4, "{}", firsts.len());
    assert!(firsts.last() > begins().nth(300).as_ref());
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
        1,
        Limit::of(usize::MAX),
        |_, run| follow(interleavings(6)(run)),
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
            1,
            Limit::of(usize::MAX),
            |_, run| follow(interleavings(4)(run)),
            |played| {
                seen.push(played.run.clone());
                Next::Continue
            },
        );
        seen
    };
    assert_eq!(discover(), discover());
}

/// Tree `n` is that of two tasks of `n + 1` steps each.
fn growing(tree: usize, run: &String) -> Follow<char> {
    follow(interleavings(tree + 1)(run))
}

#[test]
fn trees_are_played_side_by_side() {
    let mut alone = Vec::new();
    let mut messages = 0;
    for tree in 0..3 {
        let mut system = Letters::default();
        let choices = |_, run: &String| growing(tree, run);
        explore(&mut system, 1, Limit::of(usize::MAX), choices, |played| {
            alone.push(played.run.clone());
            Next::Continue
        });
        messages += system.messages;
    }
    let mut together = Vec::new();
    let mut system = Letters::default();
    let limit = Limit::of(usize::MAX);
    let coverage = explore(&mut system, 3, limit, growing, |played| {
        together.push(played.run.clone());
        Next::Continue
    });
    assert_eq!(coverage.schedules, 2 + 6 + 20);
    assert!(system.messages < messages, "{} messages", system.messages);
    assert_eq!(system.open, 0);
    alone.sort();
    together.sort();
    assert_eq!(alone, together);
}

#[test]
fn once_there_were_many_each_other_tree_is_played_as_a_sample() {
    let of_each = |of_all| {
        let mut of_each = [0_usize; 3];
        let limit = Limit {
            of_all,
            sample: 5,
            ..Limit::of(20)
        };
        // Seventy schedules each.
        let choices = |_, run: &String| follow(interleavings(4)(run));
        let mut system = Letters::default();
        let coverage = explore(
            &mut system,
            3,
            limit,
            |tree, run: &String| match run.as_str() {
                "" => follow(vec![char::from(b'0' + tree as u8)]),
                run => choices(tree, &run[1..].to_owned()),
            },
            |played| {
                let tree = played.run.as_bytes()[0] - b'0';
                of_each[usize::from(tree)] += 1;
                Next::Continue
            },
        );
        assert_eq!(coverage.schedules, of_each.iter().sum::<usize>());
        of_each
    };
    assert_eq!(of_each(usize::MAX), [20, 20, 20]);
    assert_eq!(of_each(0), [5, 5, 5]);
    let some = of_each(25);
    assert_eq!(some.iter().sum::<usize>(), 25, "{some:?}");
    assert!(some.iter().all(|of_tree| *of_tree >= 5), "{some:?}");
}

/// Plays one letter of each run in a message, whatever is asked for.
#[derive(Default)]
struct OneByOne {
    sent: VecDeque<Vec<(Letter, Vec<char>)>>,
    messages: usize,
}

/// What was played of a run, and what was not.
type Letter = (String, VecDeque<char>);

impl System for OneByOne {
    type Turn = char;
    type Run = Letter;
    type Failure = char;

    fn width(&self) -> usize {
        8
    }

    fn open(&mut self) -> Letter {
        Letter::default()
    }

    fn send(&mut self, batch: Vec<(Letter, Vec<char>)>) {
        self.messages += 1;
        self.sent.push_back(batch);
    }

    fn receive(&mut self) -> Vec<Played<Self>> {
        let play = |((mut played, mut left), turns): (Letter, Vec<char>)| {
            left.extend(turns);
            played.extend(left.pop_front());
            let run = (played, left);
            let failure = None;
            Played { run, failure }
        };
        let batch = self.sent.pop_front().unwrap_or_default();
        batch.into_iter().map(play).collect()
    }

    fn abandon(&mut self) {
        self.sent.clear();
    }

    fn is_played(&self, (_, left): &Letter) -> bool {
        left.is_empty()
    }

    fn close(&mut self, _: &Letter) {}
}

#[test]
fn a_run_that_was_played_in_part_goes_on_in_the_next_message() {
    let mut system = OneByOne::default();
    let mut seen = Vec::new();
    let coverage = explore(
        &mut system,
        1,
        Limit::of(usize::MAX),
        |_, (played, left)| {
            assert!(left.is_empty(), "{played} is not over");
            follow(interleavings(3)(played))
        },
        |played| {
            seen.push(played.run.0.clone());
            Next::Continue
        },
    );
    seen.sort();
    let (_, expected) = all(&mut Letters::default(), usize::MAX, interleavings(3));
    assert_eq!(coverage.schedules, 20);
    assert_eq!(seen, expected);
    let played = system.play(Letter::default(), "abc".chars().collect());
    assert_eq!(played.run.0, "abc");
}

#[test]
fn turns_that_all_follow_are_sent_together() {
    let mut system = Letters::default();
    let mut seen = Vec::new();
    let choices = |_, run: &String| match run.len() {
        0 => Follow::AllOf(vec!['a'; 50]),
        _ => Follow::End,
    };
    explore(&mut system, 1, Limit::of(usize::MAX), choices, |played| {
        seen.push(played.run.len());
        Next::Continue
    });
    assert_eq!((seen, system.messages), (vec![50], 2));
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
    let fails = |text: &String| (text.contains('x') && text.contains('y')).then(|| text.clone());
    let shortest = shrink("abxcdyefg".to_owned(), usize::MAX, drop_one, fails);
    assert_eq!(shortest, "xy");
    let tired = shrink("abxcdyefg".to_owned(), 2, drop_one, fails);
    assert_eq!(tired, "xcdyefg");
}
