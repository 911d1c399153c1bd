//! Schedules: what happens to a submission from outside, and in which order.
//!
//! Its main type is [`Turn`]: one thing that happens, and how far the tasks run
//! before the next one does. A schedule is a list of turns; its text form is the
//! middle of a replay key.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::text::one_line;

/// The first user of a schedule is shown, and asked for, under this number.
pub const FIRST_USER: u32 = 7;

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
    /// A further request starts, for this user. Requests count from 1.
    Start {
        /// The user's number, [`FIRST_USER`] or above.
        user: u32,
    },
    /// A fetch is answered. Fetches count from 1, as they begin.
    Answer {
        /// The fetch.
        fetch: u32,
        /// How it ends.
        outcome: Outcome,
    },
    /// The caller behind a request is dropped.
    HangUp {
        /// The request.
        request: u32,
    },
    /// Virtual time passes.
    Pass {
        /// How much, in microseconds.
        micros: u64,
    },
    /// The service is made so that this many hashes may run at once; the first turn.
    Make {
        /// `max_parallel`.
        max_parallel: u32,
    },
    /// A hash that waits on its thread may end. Hashes count from 1, as they begin.
    Admit {
        /// The hash.
        hash: u32,
        /// How it ends.
        ending: HashEnding,
    },
    /// Nothing happens; the tasks run.
    Wait,
}

/// How a hash ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashEnding {
    /// With a text of the grader's.
    Done,
    /// With a real bcrypt hash, salted by the grader.
    Bcrypt,
    /// With a panic.
    Panic,
}

/// How a fetch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// With the user's row.
    Row,
    /// With the error that there is no such user.
    NotFound,
    /// With the error that the database is unavailable.
    Unavailable,
    /// With a panic.
    Panic,
}

/// How far tasks run before the next thing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settle {
    /// Until none is ready.
    Fully,
    /// This many polls, then the next thing happens, ready or not.
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

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            Action::Start { user } => write!(f, "q{user}")?,
            Action::Answer { fetch, outcome } => {
                let letter = match outcome {
                    Outcome::Row => 'r',
                    Outcome::NotFound => 'n',
                    Outcome::Unavailable => 'e',
                    Outcome::Panic => 'p',
                };
                write!(f, "{letter}{fetch}")?;
            }
            Action::HangUp { request } => write!(f, "x{request}")?,
            Action::Pass { micros } => write!(f, "t{micros}")?,
            Action::Make { max_parallel } => write!(f, "m{max_parallel}")?,
            Action::Admit { hash, ending } => {
                let letter = match ending {
                    HashEnding::Done => 'h',
                    HashEnding::Bcrypt => 'c',
                    HashEnding::Panic => 'b',
                };
                write!(f, "{letter}{hash}")?;
            }
            Action::Wait => f.write_str("w")?,
        }
        match self.settle {
            Settle::Fully => Ok(()),
            Settle::Polls(polls) => write!(f, "+{polls}"),
        }
    }
}

/// Why a text is no schedule.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScheduleError {
    /// A turn's letter or number makes no sense.
    #[error("`{0}` is no turn of a schedule; copy the key as the verdict shows it")]
    Turn(String),
    /// More turns than any check produces.
    #[error("the schedule has more than {MAX_TURNS} turns; copy the key as the verdict shows it")]
    TooLong,
    /// The key's three parts are not there.
    #[error("`{0}` is no replay key; it looks like `7:leader_dropped:q7.q7.x1`")]
    Key(String),
}

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
        let answer = |outcome| small().map(|fetch| Action::Answer { fetch, outcome });
        let admit = |ending| small().map(|hash| Action::Admit { hash, ending });
        let action = match letter {
            'm' => Action::Make {
                max_parallel: small()?,
            },
            'h' => admit(HashEnding::Done)?,
            'c' => admit(HashEnding::Bcrypt)?,
            'b' => admit(HashEnding::Panic)?,
            'q' => Action::Start { user: small()? },
            'r' => answer(Outcome::Row)?,
            'n' => answer(Outcome::NotFound)?,
            'e' => answer(Outcome::Unavailable)?,
            'p' => answer(Outcome::Panic)?,
            'x' => Action::HangUp { request: small()? },
            't' => Action::Pass {
                micros: number.parse().map_err(|_| wrong())?,
            },
            'w' if number.is_empty() => Action::Wait,
            _ => return Err(wrong()),
        };
        Ok(Turn { action, settle })
    }
}

/// Everything needed to play one schedule again: `SEED:CHECK:TURNS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayKey {
    /// The seed of the grading.
    pub seed: u64,
    /// The check whose rules judge it.
    pub check: String,
    /// The schedule.
    pub turns: Vec<Turn>,
}

impl fmt::Display for ReplayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.seed, self.check)?;
        let mut rest = &self.turns[..];
        let mut separator = "";
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|turn| *turn == first).count();
            write!(f, "{separator}{first}")?;
            // Three or more of the same are written once, with their number.
            let taken = if run > 2 {
                write!(f, "*{run}")?;
                run
            } else {
                1
            };
            rest = &rest[taken..];
            separator = ".";
        }
        Ok(())
    }
}

impl FromStr for ReplayKey {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<ReplayKey, ScheduleError> {
        let wrong = || ScheduleError::Key(one_line(text, 80));
        let mut parts = text.trim().splitn(3, ':');
        let (Some(seed), Some(check), Some(list)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let seed = seed.parse().map_err(|_| wrong())?;
        let mut turns = Vec::new();
        for item in list.split('.') {
            let (turn, times) = match item.split_once('*') {
                Some((turn, times)) => (turn, times.parse().map_err(|_| wrong())?),
                None => (item, 1),
            };
            let turn: Turn = turn.parse()?;
            if times > MAX_TURNS - turns.len().min(MAX_TURNS) {
                return Err(ScheduleError::TooLong);
            }
            turns.extend(std::iter::repeat_n(turn, times));
        }
        let check = check.to_owned();
        Ok(ReplayKey { seed, check, turns })
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
                Turn::full(Action::Start { user: 7 }),
                Turn::full(Action::Start { user: 7 }),
                Turn::full(Action::Start { user: 7 }),
                Turn::partial(Action::HangUp { request: 1 }, 0),
                Turn::partial(
                    Action::Answer {
                        fetch: 1,
                        outcome: Outcome::Unavailable,
                    },
                    2,
                ),
                Turn::full(Action::Pass { micros: 10_000 }),
                Turn::full(Action::Wait),
            ],
        };
        let text = key.to_string();
        assert_eq!(text, "7:leader_dropped:q7*3.x1+0.e1+2.t10000.w");
        assert_eq!(text.parse(), Ok(key));
    }

    #[test]
    fn what_is_no_key_is_refused_with_a_reason() {
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
