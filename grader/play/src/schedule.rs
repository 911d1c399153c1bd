//! Schedules: what happens to a submission from outside, and in which order.
//!
//! Its main type is [`Turn`]: one thing that happens, and how far the tasks run
//! before the next one does. A schedule is a list of turns; its text form is the
//! middle of a replay key.

mod key;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

pub use key::ReplayKey;
pub use protocol::Polled;

use crate::text::one_line;

/// The number of a schedule's first user, account or other key.
pub const FIRST_KEY: u32 = 7;

/// One thing that happens, and how far the tasks run before the next does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    /// What happens.
    pub action: Action,
    /// How far the tasks run then.
    pub settle: Settle,
}

/// What can happen from outside on a single event loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The submission's instance is made with these numbers. Only a first turn can say so.
    Make {
        /// The world says what they mean: `max_parallel`, `capacity`.
        numbers: Few,
    },
    /// The callers of the run are polled this way from now on; comes before any request.
    Poll {
        /// How.
        polled: Polled,
    },
    /// A request starts. Requests are numbered from 1.
    Start {
        /// Which of the world's entries it calls.
        entry: u8,
        /// What it asks about. The first number is its key: the user, the account.
        numbers: Few,
        /// Whether its caller asks again in the very poll in which it gets an error; in some
        /// worlds, whatever it gets. The repeated request then has the next number.
        again: bool,
    },
    /// An operation is answered. Operations are numbered from 1, in the order they begin.
    Answer {
        /// The operation.
        operation: u32,
        /// How it ends.
        outcome: Outcome,
    },
    /// The caller behind a request is dropped.
    HangUp {
        /// The request.
        request: u32,
        /// Whether operations dropped with it have happened all the same.
        happened: bool,
    },
    /// Virtual time passes.
    Pass {
        /// How much, in microseconds.
        micros: u64,
    },
    /// A task of the grader's keeps the loop busy, by the kit's clock.
    Block {
        /// For how long, in microseconds.
        micros: u64,
    },
    /// The submission's instance is dropped; the next request makes a new one.
    Discard,
    /// Nothing happens; the tasks run.
    Wait,
}

impl Action {
    /// A request of the first entry about this key.
    pub const fn ask(key: u32) -> Action {
        Action::call(0, Few::one(key))
    }

    /// A request.
    pub const fn call(entry: u8, numbers: Few) -> Action {
        Action::Start {
            entry,
            numbers,
            again: false,
        }
    }
}

/// The numbers of a turn, three at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Few {
    count: u8,
    numbers: [u32; 3],
}

impl Few {
    /// One number.
    pub const fn one(number: u32) -> Few {
        Few {
            count: 1,
            numbers: [number, 0, 0],
        }
    }

    /// These numbers, of which there are three at most.
    pub const fn of(numbers: &[u32]) -> Few {
        let mut few = Few {
            count: 0,
            numbers: [0; 3],
        };
        while (few.count as usize) < numbers.len() && few.count < 3 {
            few.numbers[few.count as usize] = numbers[few.count as usize];
            few.count += 1;
        }
        few
    }

    /// The number at this index, or 0.
    pub fn at(self, place: usize) -> u32 {
        self.numbers.get(place).copied().unwrap_or(0)
    }

    /// The same, with another first number.
    pub fn with_first(mut self, number: u32) -> Few {
        self.numbers[0] = number;
        self
    }

    /// Another for each.
    #[must_use]
    pub fn map(mut self, other: impl Fn(u32) -> u32) -> Few {
        for number in &mut self.numbers[..usize::from(self.count)] {
            *number = other(*number);
        }
        self
    }

    /// All of them.
    pub fn all(&self) -> &[u32] {
        &self.numbers[..usize::from(self.count)]
    }
}

impl fmt::Display for Few {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, number) in self.all().iter().enumerate() {
            let separator = if place > 0 { "_" } else { "" };
            write!(f, "{separator}{number}")?;
        }
        Ok(())
    }
}

impl FromStr for Few {
    type Err = ();

    fn from_str(text: &str) -> Result<Few, ()> {
        let numbers: Result<Vec<u32>, _> = text.split('_').map(str::parse).collect();
        let numbers = numbers.map_err(drop)?;
        match numbers.len() {
            1..=3 => Ok(Few::of(&numbers)),
            _ => Err(()),
        }
    }
}

/// How an operation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// With its value: the row, or a text of the grader's.
    Value,
    /// With a value from real work, where the world has such work.
    Real,
    /// With an error, by its index among the errors of the operation's kind.
    Error(u8),
    /// With a panic.
    Panic,
}

/// The letters of errors, by their index.
const ERROR_LETTERS: &str = "enfg";

/// The letters of requests, by entry; capitals for requests that are repeated.
const ENTRY_LETTERS: &str = "qsuv";

impl Outcome {
    /// Whether it is an error.
    pub fn is_error(self) -> bool {
        matches!(self, Outcome::Error(_))
    }

    /// Whether it brings the value that was asked for.
    pub fn is_value(self) -> bool {
        matches!(self, Outcome::Value | Outcome::Real)
    }

    fn letter(self) -> char {
        match self {
            Outcome::Value => 'r',
            Outcome::Real => 'c',
            Outcome::Error(place) => letter_at(ERROR_LETTERS, place),
            Outcome::Panic => 'p',
        }
    }

    fn of_letter(letter: char) -> Option<Outcome> {
        Some(match letter {
            'r' => Outcome::Value,
            'c' => Outcome::Real,
            'p' => Outcome::Panic,
            _ => Outcome::Error(place_of(ERROR_LETTERS, letter)?),
        })
    }
}

fn letter_at(letters: &str, place: u8) -> char {
    let letter = letters.as_bytes().get(usize::from(place));
    letter.map_or('?', |letter| char::from(*letter))
}

fn place_of(letters: &str, letter: char) -> Option<u8> {
    u8::try_from(letters.find(letter)?).ok()
}

/// How far tasks run before the next thing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settle {
    /// Until none is ready.
    Fully,
    /// This many polls; then the next thing happens, whether or not tasks are ready.
    Polls(u32),
}

impl Turn {
    /// `action`, after which every task runs until none is ready.
    pub const fn full(action: Action) -> Turn {
        Turn {
            action,
            settle: Settle::Fully,
        }
    }

    /// `action`, after which only `polls` polls are spent.
    pub const fn partial(action: Action, polls: u32) -> Turn {
        Turn {
            action,
            settle: Settle::Polls(polls),
        }
    }
}

/// How many requests a turn adds: two if the caller may ask again.
pub fn requests_of(turn: &Turn) -> u32 {
    match turn.action {
        Action::Start { again, .. } => 1 + u32::from(again),
        _ => 0,
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            Action::Make { numbers } => write!(f, "m{numbers}")?,
            Action::Poll { polled } => f.write_str(match polled {
                Polled::Alone => "k0",
                Polled::ByNewWakers => "k1",
                Polled::Joined => "k2",
                Polled::InOneGo => "k3",
            })?,
            Action::Start {
                entry,
                numbers,
                again,
            } => {
                let letter = letter_at(ENTRY_LETTERS, entry);
                let letter = if again {
                    letter.to_ascii_uppercase()
                } else {
                    letter
                };
                write!(f, "{letter}{numbers}")?;
            }
            Action::Answer { operation, outcome } => {
                write!(f, "{}{operation}", outcome.letter())?;
            }
            Action::HangUp { request, happened } => {
                let letter = if happened { 'y' } else { 'x' };
                write!(f, "{letter}{request}")?;
            }
            Action::Pass { micros } => write!(f, "t{micros}")?,
            Action::Block { micros } => write!(f, "b{micros}")?,
            Action::Discard => f.write_str("d")?,
            Action::Wait => f.write_str("w")?,
        }
        match self.settle {
            Settle::Fully => Ok(()),
            Settle::Polls(polls) => write!(f, "+{polls}"),
        }
    }
}

/// Why a text is not a schedule.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScheduleError {
    /// A turn's letter or number makes no sense.
    #[error("`{0}` is not a turn of a schedule; copy the key as the verdict shows it")]
    Turn(String),
    /// There are more turns than any check produces.
    #[error("the schedule has more than {MAX_TURNS} turns; copy the key as the verdict shows it")]
    TooLong,
    /// The key does not have its three parts.
    #[error("`{0}` is not a replay key; one looks like `7:leader_dropped:q7.q7.x1`")]
    Key(String),
}

/// The longest time that one turn of a schedule read from text may take, in microseconds: three
/// years. All turns together stay far below what any language counts to.
const MOST_MICROS: u64 = 100_000_000_000_000;

/// The most turns a schedule read from text may have.
pub const MAX_TURNS: usize = 2_000;

impl FromStr for Turn {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Turn, ScheduleError> {
        let wrong = || ScheduleError::Turn(one_line(text, 40));
        let (action, settle) = match text.split_once('+') {
            Some((action, polls)) => {
                let polls = polls.parse().map_err(|_| wrong())?;
                (action, Settle::Polls(polls))
            }
            None => (text, Settle::Fully),
        };
        let mut letters = action.chars();
        let letter = letters.next().ok_or_else(wrong)?;
        let number = letters.as_str();
        let small = || number.parse::<u32>().map_err(|_| wrong());
        let time = number.parse::<u64>().ok();
        let long = || time.filter(|time| *time <= MOST_MICROS).ok_or_else(wrong);
        let few = || number.parse::<Few>().map_err(|()| wrong());
        let action = match letter {
            'm' => Action::Make { numbers: few()? },
            'k' => Action::Poll {
                polled: match number {
                    "0" => Polled::Alone,
                    "1" => Polled::ByNewWakers,
                    "2" => Polled::Joined,
                    "3" => Polled::InOneGo,
                    _ => return Err(wrong()),
                },
            },
            'x' | 'y' => Action::HangUp {
                request: small()?,
                happened: letter == 'y',
            },
            't' => Action::Pass { micros: long()? },
            'b' => Action::Block { micros: long()? },
            'd' if number.is_empty() => Action::Discard,
            'w' if number.is_empty() => Action::Wait,
            _ => match place_of(ENTRY_LETTERS, letter.to_ascii_lowercase()) {
                Some(entry) => Action::Start {
                    entry,
                    numbers: few()?,
                    again: letter.is_ascii_uppercase(),
                },
                None => Action::Answer {
                    operation: small()?,
                    outcome: Outcome::of_letter(letter).ok_or_else(wrong)?,
                },
            },
        };
        Ok(Turn { action, settle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_every_turn_and_is_read_back() {
        let key = ReplayKey {
            seed: 7,
            check: "leader_dropped".to_owned(),
            turns: vec![
                Turn::full(Action::Make {
                    numbers: Few::of(&[2, 5]),
                }),
                Turn::full(Action::ask(7)),
                Turn::full(Action::ask(7)),
                Turn::full(Action::ask(7)),
                Turn::full(Action::Start {
                    entry: 1,
                    numbers: Few::of(&[7, 8, 100]),
                    again: true,
                }),
                Turn::partial(
                    Action::HangUp {
                        request: 1,
                        happened: false,
                    },
                    0,
                ),
                Turn::full(Action::HangUp {
                    request: 2,
                    happened: true,
                }),
                Turn::partial(
                    Action::Answer {
                        operation: 1,
                        outcome: Outcome::Error(0),
                    },
                    2,
                ),
                Turn::full(Action::Pass { micros: 10_000 }),
                Turn::full(Action::Wait),
            ],
        };
        let text = key.to_string();
        assert_eq!(
            text,
            "7:leader_dropped:m2_5.q7%3.S7_8_100.x1+0.y2.e1+2.t10000.w"
        );
        assert_eq!(text.parse(), Ok(key));
    }

    #[test]
    fn a_text_that_is_not_a_key_is_refused_with_a_reason() {
        for text in ["", "7", "7:one_fetch", "x:one_fetch:q7", "7:one_fetch:q7*z"] {
            assert!(
                matches!(text.parse::<ReplayKey>(), Err(ScheduleError::Key(_))),
                "{text}"
            );
        }
        for text in ["7:a:", "7:a:z1", "7:a:q", "7:a:w3", "7:a:q7+", "7:a:é"] {
            assert!(
                matches!(text.parse::<ReplayKey>(), Err(ScheduleError::Turn(_))),
                "{text}"
            );
        }
        let long = "7:a:q7*1999.q7*2".parse::<ReplayKey>();
        assert_eq!(long, Err(ScheduleError::TooLong));
        let huge = "7:a:q7*18446744073709551615".parse::<ReplayKey>();
        assert_eq!(huge, Err(ScheduleError::TooLong));
    }
}
