//! How learning systems name the files and folders of an export.
//!
//! Each function turns one export into [`Hand`]s. The names are those of Canvas'
//! `content_zipper.rb`, of Moodle's `mod/assign/classes/downloader.php`, of the
//! `submission_metadata.yml` that Gradescope puts beside the submissions, and of
//! Blackboard's "Download Assignments". A number is a student's id only if nothing
//! suggests that it may be a group's.

mod blackboard;
mod canvas;
mod gradescope;
mod moodle;

use std::collections::BTreeMap;
use std::path::Path;

use regex_lite::Regex;

use super::find::{FindError, Found, Search};
use super::hand_in::Hand;
use super::store;
use super::student::{Identity, Student};
use super::thing::{Thing, all_things, is_litter, things};

pub(super) use blackboard::blackboard;
pub(super) use canvas::canvas;
pub(super) use gradescope::gradescope;
pub(super) use moodle::moodle;

/// Words that begin a team's name or come before its number.
const TEAM: [&str; 15] = [
    "team", "teams", "group", "groups", "grp", "gruppe", "gruppen", "groupe", "equipe", "équipe",
    "equipo", "grupo", "gruppo", "squadra", "squad",
];

/// The note when numbers may be teams'.
const NOT_CLAIMED: &str = "these look like teams, so the numbers in their names are not students' ids; `--teams FILE` names the members of each team";

/// Whether a name looks like a team's.
fn is_team(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let is_label = |word: &str| {
        let is_number = word.bytes().all(|it| it.is_ascii_digit());
        is_number || word.chars().count() == 1
    };
    // As Canvas writes it, `teama` or `projectgroup12`.
    let joined = |word: &str| {
        let letters = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let is_numbered = letters.len() < word.len();
        let starts = TEAM.iter().filter_map(|team| word.strip_prefix(team));
        let lettered = starts.into_iter().any(|rest| rest.chars().count() == 1);
        lettered || (is_numbered && TEAM.iter().any(|team| letters.ends_with(team)))
    };
    let first = words.first().is_some_and(|word| TEAM.contains(word));
    let last = matches!(words.last(), Some(&"team" | &"group"));
    let labelled = words
        .windows(2)
        .any(|pair| TEAM.contains(&pair[0]) && is_label(pair[1]));
    first || last || labelled || words.iter().any(|word| joined(word))
}

/// The hand-ins by student and, if a system keeps more than one, by the time of the
/// attempt.
#[derive(Default)]
struct Hands(BTreeMap<(Identity, String), Hand>);

impl Hands {
    /// The hand of this student, empty at first.
    fn of(&mut self, student: &Student, at: &str) -> &mut Hand {
        let key = (student.identity(), at.to_owned());
        self.0.entry(key).or_insert_with(|| Hand {
            student: student.clone(),
            late: false,
            at: (!at.is_empty()).then(|| at.into()),
            drill: None,
            things: Vec::new(),
        })
    }

    fn into_list(self, search: &Search<'_>) -> Vec<Hand> {
        let hand = |hand| Hand {
            drill: search.drill.map(str::to_owned),
            ..hand
        };
        self.0.into_values().map(hand).collect()
    }
}

/// The contents of a student's folder.
fn entries(search: &Search<'_>, folder: &Path) -> Result<Vec<Thing>, FindError> {
    things(search.dir, folder).map_err(|why| search.unreadable(why))
}

/// The entries at the top of an export. Names given by a system are never litter,
/// whatever a student is called.
fn top(
    search: &Search<'_>,
    folder: &Path,
    is_named: impl Fn(&str) -> bool,
) -> Result<Vec<Thing>, FindError> {
    let all = all_things(search.dir, folder).map_err(|why| search.unreadable(why))?;
    let stays = |thing: &Thing| {
        let path = search.dir.join(&thing.path);
        let is_own = thing.is_folder() && (search.is_results(&path) || store::is_one(&path));
        let is_mac = thing.name.starts_with("._");
        !is_own && !is_mac && (!is_litter(&thing.name) || is_named(&thing.name))
    };
    Ok(all.into_iter().filter(stays).collect())
}

fn over(found: &mut Found, thing: &Thing, why: &str) {
    found.pass(&thing.path, why.to_owned(), None);
}

fn regex(source: &str) -> Regex {
    Regex::new(&format!("(?s){source}")).expect("it is written above")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_is_told_from_a_person_as_far_as_names_go() {
        for name in [
            "Team A",
            "team_a",
            "teama",
            "Group 12",
            "projectgroup12",
            "Gruppe Blau",
            "Red Team",
            "Lab Group 3",
            "Équipe 2",
        ] {
            assert!(is_team(name), "{name}");
        }
        for name in [
            "Ada Lovelace",
            "lovelaceada",
            "Anna Gruppe",
            "groupmanann",
            "Teamer Bob",
            "bob7",
            "Bob O'Bob",
            "steam",
            "李雷",
        ] {
            assert!(!is_team(name), "{name}");
        }
    }
}
