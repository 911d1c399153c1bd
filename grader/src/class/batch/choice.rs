//! Which of several attempts counts.
//!
//! Its main function is [`choose`]. Identical attempts are one; for others, the
//! system's dates and numbers say which came first. If they do not, nothing does.

use std::path::{Path, PathBuf};

use regex_lite::Regex;

use super::find::HandIn;
use super::key::Content;
use super::thing::stem;
use crate::drills;
use crate::grade::grading::Grader;

/// Which attempt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The last that was handed in.
    Latest,
    /// The first.
    First,
    /// The one with the most points; of two equal ones, the later.
    Best,
}

/// Settles every hand-in with several attempts: the same content counts once, however it
/// is wrapped, and of different contents `attempt` counts. `points` grades an attempt.
pub fn choose(
    grader: &Grader,
    dir: &Path,
    hand_ins: &mut [HandIn],
    attempt: Option<Attempt>,
    points: &dyn Fn(&Grader, &HandIn) -> Option<u32>,
) {
    for hand_in in hand_ins {
        let Some(trouble) = &hand_in.trouble else {
            continue;
        };
        let mut among = trouble.among.clone();
        if among.is_empty() {
            continue;
        }
        let chosen = match (same(grader, dir, hand_in, &among), attempt) {
            (true, _) => among.first().cloned(),
            (false, Some(Attempt::Best)) => {
                if let Some(order) = in_order(&among) {
                    among = order;
                }
                let graded = among.iter().map(|path| {
                    let one = HandIn {
                        path: dir.join(path).into(),
                        parts: None,
                        trouble: None,
                        ..hand_in.clone()
                    };
                    (points(grader, &one), path)
                });
                graded
                    .filter_map(|(points, path)| Some((points?, path)))
                    .max_by_key(|(points, _)| *points)
                    .map(|(_, path)| path.clone())
            }
            (false, attempt) => by_names(&among, attempt),
        };
        take(hand_in, chosen);
    }
}

/// The same, but judged only by names, for `--list`.
pub fn choose_by_names(hand_ins: &mut [HandIn], attempt: Option<Attempt>) {
    for hand_in in hand_ins {
        let among = hand_in.trouble.iter().flat_map(|it| it.among.clone());
        let among: Vec<PathBuf> = among.collect();
        let chosen = by_names(&among, attempt);
        take(hand_in, chosen);
    }
}

fn take(hand_in: &mut HandIn, chosen: Option<PathBuf>) {
    if let Some(path) = chosen {
        hand_in.path = path.into();
        hand_in.parts = None;
        hand_in.trouble = None;
    }
}

fn by_names(among: &[PathBuf], attempt: Option<Attempt>) -> Option<PathBuf> {
    let order = in_order(among)?;
    match attempt? {
        Attempt::Latest => order.last().cloned(),
        Attempt::First => order.first().cloned(),
        Attempt::Best => None,
    }
}

/// Whether all of them can be read and hold the same.
fn same(grader: &Grader, dir: &Path, hand_in: &HandIn, among: &[PathBuf]) -> bool {
    let Some(drill) = drills::find(hand_in.drill) else {
        return false;
    };
    let content = |path: &PathBuf| {
        let submission = grader.read(drill, &dir.join(path)).ok()?;
        Some(Content::of(&submission.as_crate()))
    };
    let mut contents = among.iter().map(content);
    let first = contents.next().flatten();
    first.is_some() && contents.all(|it| it == first)
}

/// A way to split a name into the part without its attempt, and the attempt's time.
type Way = fn(&str) -> Option<(String, u128)>;

/// The attempts from the first to the last, if their names tell all of them apart: by
/// date, by the number that a system gave them, or by the number after a name.
fn in_order(among: &[PathBuf]) -> Option<Vec<PathBuf>> {
    let texts: Vec<String> = among
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let ways: [Way; 3] = [date, canvas, numbered];
    ways.into_iter().find_map(|way| {
        let mut keys: Vec<((String, u128), &PathBuf)> = Vec::new();
        for (text, path) in texts.iter().zip(among) {
            keys.push((way(text)?, path));
        }
        keys.sort();
        let alike = keys.windows(2).all(|pair| {
            let (one, other) = (&pair[0].0, &pair[1].0);
            one.0 == other.0 && one.1 != other.1
        });
        alike.then(|| keys.into_iter().map(|(_, path)| path.clone()).collect())
    })
}

/// The last date in a path, to the second if it has one. Of a day alone nobody knows whether it
/// is before or after a time of that day.
fn date(path: &str) -> Option<(String, u128)> {
    let date = regex(
        r"(?:^|[^0-9])(20[0-9]{2})[-._]?([01][0-9])[-._]?([0-3][0-9])(?:[T _.-]+(?:at )?(?:([01][0-9]|2[0-3])[-:._h]?|([0-9])[-:._h])([0-5][0-9])(?:[-:._m]?([0-5][0-9]))?(?:[^0-9A-Za-z]?([AaPp])\.?[Mm])?)?",
    );
    let found = date.captures_iter(path).last()?;
    let number = |at: usize| {
        found
            .get(at)
            .map_or(Ok(0), |it| it.as_str().parse::<u128>())
    };
    let kind = if found.get(6).is_some() {
        "time"
    } else {
        "day"
    };
    // An hour of two digits, or of one: what is not there counts as nothing.
    let hour = number(4).ok()? + number(5).ok()?;
    // As macOS writes it: 12 is the first hour of a half.
    let hour = match found.get(8).map(|it| it.as_str()) {
        None => hour,
        Some("a" | "A") => hour % 12,
        Some(_) => hour % 12 + 12,
    };
    let parts = [
        number(1),
        number(2),
        number(3),
        Ok(hour),
        number(6),
        number(7),
    ];
    let all = parts
        .into_iter()
        .try_fold(0, |all, part| Some(all * 100 + part.ok()?))?;
    Some((kind.to_owned(), all))
}

/// The number of a file in Canvas' export; Canvas numbers files in order.
fn canvas(path: &str) -> Option<(String, u128)> {
    let named = regex(r"^(?:.+/)?[^/]*?_(?:(?i:late)_)?([0-9]+)_([0-9]+)_[^/]+$");
    let found = named.captures(path)?;
    Some((found[1].to_owned(), found[2].parse().ok()?))
}

/// The number after a name: none for the first, then `(1)`, `-1` or `2`.
fn numbered(path: &str) -> Option<(String, u128)> {
    let stem = stem(path);
    let behind = regex(r"^(.*?)(?:[-_ ]?\(([0-9]{1,4})\)|[-_ ](?:v|attempt[-_ ]?)?([0-9]{1,4}))?$");
    let found = behind.captures(stem)?;
    let number = found.get(2).or_else(|| found.get(3));
    let number = number.map_or(Ok(0), |it| it.as_str().parse()).ok()?;
    Some((found[1].trim_end().to_lowercase(), number))
}

fn regex(source: &str) -> Regex {
    Regex::new(source).expect("it is written above")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(names: &[&str]) -> Option<Vec<String>> {
        let paths: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        in_order(&paths).map(|all| all.into_iter().map(text).collect())
    }

    #[test]
    fn dates_and_numbers_say_which_came_first() {
        for (names, first, last) in [
            (&["a/offload (1).rs", "a/offload.rs"][..], 1, 0),
            (&["a/offload (10).rs", "a/offload (9).rs"], 1, 0),
            (&["a/offload-2.zip", "a/offload.rs"], 1, 0),
            (
                &[
                    "HW_a_attempt_2026-11-20-10-00-01_x.rs",
                    "HW_a_attempt_2026-11-20-10-00-00_y.rs",
                ],
                1,
                0,
            ),
            (
                &["a/offload 2026-11-20.rs", "a/offload 2026-11-03.zip"],
                1,
                0,
            ),
            (&["ada_7_1001_offload.rs", "ada_7_999_offload.rs"], 1, 0),
            (
                &[
                    "a/offload 2026-11-20 at 1.15.00\u{202f}PM.rs",
                    "a/offload 2026-11-20 at 11.15.00 AM.rs",
                ],
                1,
                0,
            ),
            (
                &[
                    "a/offload 2026-11-20 at 12.15.00 PM.rs",
                    "a/offload 2026-11-20 at 12.15.00 am.rs",
                ],
                1,
                0,
            ),
        ] {
            let order = order(names).unwrap_or_else(|| panic!("{names:?}"));
            assert_eq!((&*order[0], &*order[1]), (names[first], names[last]));
        }
        for names in [
            &["a/x.rs", "a/y.rs"][..],
            &["a/offload.rs", "a/offload.zip"],
            &["a/offload 2026-11-20.rs", "a/offload.rs"],
            &["a/offload - Copy.rs", "a/offload.rs"],
        ] {
            assert_eq!(order(names), None, "{names:?}");
        }
    }
}
