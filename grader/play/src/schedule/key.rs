//! Replay keys: a schedule as a text that is short enough to be copied and needs no
//! quotes in a shell. Its main type is [`ReplayKey`].
//!
//! Turns are joined by dots. `q7%3` is three turns `q7`. A turn that ends in `@` counts up
//! where it is repeated: `q7@%3` is `q7.q8.q9`. Several turns, joined by commas, are repeated
//! together: `q7,e1@%2` is `q7.e1.q7.e2`.

use std::fmt;
use std::str::FromStr;

use super::{Action, MAX_TURNS, ScheduleError, Turn};
use crate::text::one_line;

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

/// The most turns that are repeated together.
const TOGETHER: usize = 4;

/// Turns that are written once where they are repeated so often.
const OFTEN: usize = 3;

/// Turns that follow each other again and again.
struct Repeated<'t> {
    /// The first ones, each with whether its number counts up.
    turns: Vec<(&'t Turn, bool)>,
    times: usize,
}

impl Repeated<'_> {
    fn length(&self) -> usize {
        self.turns.len() * self.times
    }

    /// Those that `turns` begins with, `count` of them together.
    fn first_of(turns: &[Turn], count: usize) -> Option<Repeated<'_>> {
        let (first, rest) = turns.split_at_checked(count)?;
        let counts = |(turn, next): (&Turn, &Turn)| match turn == next {
            true => Some(false),
            false => (grown(*turn, 1).as_ref() == Some(next)).then_some(true),
        };
        let grows: Option<Vec<bool>> = first.iter().zip(rest.get(..count)?).map(counts).collect();
        let repeated: Vec<_> = first.iter().zip(grows?).collect();
        let is_next = |(times, chunk): &(u32, &[Turn])| {
            let mut each = repeated.iter().zip(*chunk);
            each.all(|((turn, grows), found)| repeat(**turn, *grows, *times) == Some(*found))
        };
        let chunks = (1..).zip(rest.chunks_exact(count));
        let times = 1 + chunks.take_while(is_next).count();
        let turns = repeated;
        (times >= OFTEN).then_some(Repeated { turns, times })
    }
}

/// The turn as it is when it comes again for the nth time, counted from 0.
fn repeat(turn: Turn, grows: bool, nth: u32) -> Option<Turn> {
    if grows { grown(turn, nth) } else { Some(turn) }
}

/// The same turn about what comes `by` numbers later, if it is about something.
fn grown(mut turn: Turn, by: u32) -> Option<Turn> {
    match &mut turn.action {
        Action::Start { numbers, .. } => {
            *numbers = numbers.with_first(numbers.at(0).checked_add(by)?);
        }
        Action::Answer { operation, .. } => *operation = operation.checked_add(by)?,
        Action::HangUp { request, .. } => *request = request.checked_add(by)?,
        _ => return None,
    }
    Some(turn)
}

impl fmt::Display for ReplayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.seed, self.check)?;
        let mut rest = &self.turns[..];
        let mut separator = "";
        while let Some(first) = rest.first() {
            let repeated = (1..=TOGETHER).filter_map(|count| Repeated::first_of(rest, count));
            // The shorter one of those that cover as much.
            let most = repeated.reduce(|most, other| {
                if other.length() > most.length() {
                    other
                } else {
                    most
                }
            });
            f.write_str(separator)?;
            separator = ".";
            let Some(repeated) = most else {
                write!(f, "{first}")?;
                rest = &rest[1..];
                continue;
            };
            for (place, (turn, grows)) in repeated.turns.iter().enumerate() {
                let comma = if place > 0 { "," } else { "" };
                let mark = if *grows { "@" } else { "" };
                write!(f, "{comma}{turn}{mark}")?;
            }
            write!(f, "%{}", repeated.times)?;
            rest = &rest[repeated.length()..];
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
            // Keys were written with a star before, which some shells take for a pattern.
            let (members, times) = match item.split_once(['%', '*']) {
                Some((members, times)) => (members, times.parse().map_err(|_| wrong())?),
                None => (item, 1),
            };
            let members = members.split(',').map(|member| {
                let (turn, grows) = match member.strip_suffix('@') {
                    Some(turn) => (turn, true),
                    None => (member, false),
                };
                Ok((turn.parse::<Turn>()?, grows))
            });
            let members: Vec<_> = members.collect::<Result<_, ScheduleError>>()?;
            let room = MAX_TURNS - turns.len().min(MAX_TURNS);
            if times > room / members.len() {
                return Err(ScheduleError::TooLong);
            }
            for nth in 0..times as u32 {
                for (turn, grows) in &members {
                    turns.push(repeat(*turn, *grows, nth).ok_or_else(wrong)?);
                }
            }
        }
        let check = check.to_owned();
        Ok(ReplayKey { seed, check, turns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key as it is written, whatever way these turns are written.
    #[track_caller]
    fn written(turns: &str) -> String {
        let key: ReplayKey = format!("7:a:{turns}").parse().expect("it is a key");
        let text = key.to_string();
        assert_eq!(text.parse(), Ok(key), "{text}");
        text["7:a:".len()..].to_owned()
    }

    #[test]
    fn what_is_repeated_is_written_once() {
        for (long, short) in [
            ("q7.q7", "q7.q7"),
            ("q7.q7.q7.w", "q7%3.w"),
            ("q7*3", "q7%3"),
            ("q7.q8.q9.q10.q7", "q7@%4.q7"),
            ("q7+0.q8+0.q9+0.w.r1.r2.r3", "q7+0@%3.w.r1@%3"),
            ("q7.x1.q7.x2.q7.x3.e4", "q7,x1@%3.e4"),
            ("q7.e1.t100.q7.e2.t100.q7.e3.t100", "q7,e1@,t100%3"),
            ("q7_1.q8_1.q9_1", "q7_1@%3"),
            ("t1.t2.t3.w.w", "t1.t2.t3.w.w"),
            ("q4294967294.q4294967295.q0", "q4294967294.q4294967295.q0"),
        ] {
            assert_eq!(written(long), short);
        }
        let many: Vec<String> = (7..607).map(|user| format!("q{user}+0")).collect();
        assert_eq!(written(&many.join(".")), "q7+0@%600");
    }

    #[test]
    fn what_cannot_be_repeated_so_is_refused() {
        for text in ["q4294967295@%2", "w@%2", "t5@%3", "q7%x", "q7@%-1"] {
            let key = format!("7:a:{text}").parse::<ReplayKey>();
            assert!(matches!(key, Err(ScheduleError::Key(_))), "{text}: {key:?}");
        }
        for text in ["q7,%3", ",q7%3", "q7@@%3", "@%3"] {
            let key = format!("7:a:{text}").parse::<ReplayKey>();
            assert!(
                matches!(key, Err(ScheduleError::Turn(_))),
                "{text}: {key:?}"
            );
        }
        let long = "7:a:q7,w%1001".parse::<ReplayKey>();
        assert_eq!(long, Err(ScheduleError::TooLong));
    }
}
