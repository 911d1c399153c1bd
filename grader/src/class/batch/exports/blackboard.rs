//! Blackboard: files in one folder, each attempt with a note that names the student.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use regex_lite::Captures;

use super::super::find::{FindError, Found, Search};
use super::super::hand_in::Hand;
use super::super::student::{Ids, Student};
use super::{Hands, NOT_CLAIMED, is_team, over, regex, top};

/// The longest note that is read.
const LONGEST: u64 = 1 << 20;

/// A name has the assignment, the user's login name, the attempt's time, and the
/// file's own name. The note of an attempt is a text file without that last part.
pub(in super::super) fn blackboard(
    search: &Search<'_>,
    found: &mut Found,
) -> Result<Vec<Hand>, FindError> {
    // What a student writes comes last, so the first attempt that is named counts.
    let named = regex(
        r"^(?<before>.*?_(?<user>[^_]+))_attempt_(?<at>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?<file>.+)|(?<note>\.txt))$",
    );
    let said = regex(r"(?:^|\n)Name: *(?<name>[^\r\n]+?) *\((?<user>[^()\r\n]+)\) *(?:\r|\n|$)");
    let all = top(search, Path::new(""), |name| named.is_match(name))?;
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    // Login names by what files' names begin with: one may have a `_` in it.
    let mut users: BTreeMap<String, String> = BTreeMap::new();
    let mut teams = search.teams.is_some();
    for thing in &all {
        let Some(parts) = named.captures(&thing.name) else {
            continue;
        };
        let path = search.dir.join(&thing.path);
        let is_short =
            fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST);
        if parts.name("note").is_some() && is_short {
            let text = fs::read(&path).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            if let Some(name) = said.captures(&text) {
                let (before, user) = (&parts["before"], &name["user"]);
                let is_its = before
                    .strip_suffix(user)
                    .is_some_and(|rest| rest.ends_with('_'));
                if is_its {
                    users.insert(before.to_owned(), user.to_owned());
                }
                names.insert(user.to_owned(), name["name"].to_owned());
            }
        }
    }
    let user_of = |parts: &Captures<'_>| {
        let known = users.get(&parts["before"]).map(String::as_str);
        known.unwrap_or(&parts["user"]).to_owned()
    };
    teams |= all
        .iter()
        .filter_map(|thing| named.captures(&thing.name))
        .any(|parts| is_team(&user_of(&parts)));
    if teams && search.teams.is_none() {
        found.notes.push(NOT_CLAIMED.to_owned());
    }
    let mut hands = Hands::default();
    for mut thing in all {
        let Some(parts) = named.captures(&thing.name) else {
            over(found, &thing, "its name is not one that Blackboard gives");
            continue;
        };
        let (user, at) = (user_of(&parts), parts["at"].to_owned());
        let file = parts.name("file").map(|it| it.as_str().to_owned());
        let student = match teams {
            true => Student::named(&user),
            false => {
                let name = names.get(&user).unwrap_or(&user);
                Student::known(name, Some(&user), None).of(Ids::Blackboard)
            }
        };
        match file {
            Some(file) => {
                thing.name = file;
                hands.of(&student, &at).things.push(thing);
            }
            // The note shows that there was an attempt.
            None => {
                hands.of(&student, &at);
            }
        }
    }
    // A note without a file is an attempt without a file, beside others.
    let mut list = hands.into_list(search);
    let with_files: Vec<_> = list
        .iter()
        .filter(|hand| !hand.things.is_empty())
        .map(|hand| hand.student.identity())
        .collect();
    list.retain(|hand| !hand.things.is_empty() || !with_files.contains(&hand.student.identity()));
    Ok(list)
}
