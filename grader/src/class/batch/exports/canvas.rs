//! Canvas: files, all in one folder.

use std::path::Path;

use super::super::find::{FindError, Found, Search};
use super::super::hand_in::Hand;
use super::super::student::{Ids, Student};
use super::{Hands, NOT_CLAIMED, is_team, over, regex, top};

/// Name, perhaps `LATE`, the user's number, the file's number, the file's own name. An
/// anonymous user is `anon_` and some letters.
pub(in super::super) fn canvas(
    search: &Search<'_>,
    found: &mut Found,
) -> Result<Vec<Hand>, FindError> {
    let named =
        regex(r"^(?<name>.+?)_(?<late>(?i:late)_)?(?<id>[0-9]+)_(?<number>[0-9]+)_(?<file>.+)$");
    let short = regex(
        r"^(?<late>(?i:late)_)?(?<id>[0-9]+|anon_[0-9A-Za-z]+)_(?<number>[0-9]+)_(?<file>.+)$",
    );
    let typed = regex(
        r"^(?:(?<name>.+?)_)??(?<late>(?i:late)_)?(?<id>[0-9]+|anon_[0-9A-Za-z]+)(?:_[0-9]+)?_(?:text|link)\.html$",
    );
    let read = |name: &str| {
        let is_anonymous = name.starts_with("anon_") || name.to_lowercase().starts_with("late_");
        let first = if is_anonymous { &short } else { &named };
        first
            .captures(name)
            .or_else(|| named.captures(name))
            .or_else(|| short.captures(name))
            .map(|found| {
                let text = |part: &str| found.name(part).map(|it| it.as_str().to_owned());
                (
                    text("name"),
                    text("late").is_some(),
                    text("id"),
                    text("file"),
                )
            })
    };
    let all = top(search, Path::new(""), |name| read(name).is_some())?;
    // An assignment is for groups or for single students, never both.
    let name_of = |name: &str| read(name).and_then(|(name, ..)| name);
    let teams = search.teams.is_some()
        || all
            .iter()
            .filter_map(|thing| name_of(&thing.name))
            .any(|name| is_team(&name));
    if teams && search.teams.is_none() {
        found.notes.push(NOT_CLAIMED.to_owned());
    }
    let student = |name: Option<String>, id: &str| match name {
        // The letters stand in place of a user's number.
        None if id.starts_with("anon_") => Student::named(id),
        // There are two numbers, and either may be missing.
        None => Student::named(id),
        Some(name) if teams || is_number(&name) => Student::numbered(&name, id),
        Some(name) => Student::known(&name, Some(id), None).of(Ids::Canvas),
    };
    let mut hands = Hands::default();
    let mut numbers = false;
    // Where a file's own name stands as well, that ends a name as it may.
    let is_upload = |name: &str| {
        let file = read(name).and_then(|(.., file)| file);
        file.is_some_and(|file| file != "text.html" && file != "link.html")
    };
    for mut thing in all {
        let text = typed.captures(&thing.name);
        if let Some(text) = text.filter(|_| !is_upload(&thing.name)) {
            let part = |part: &str| text.name(part).map(|it| it.as_str().to_owned());
            let who = student(part("name"), &part("id").unwrap_or_default());
            let why = "a text or a link that was typed in, not a file".to_owned();
            found.pass(&thing.path, why, Some(who));
            continue;
        }
        let Some((name, late, id, file)) = read(&thing.name) else {
            over(found, &thing, "its name is not one that Canvas gives");
            continue;
        };
        numbers |= name.as_deref().is_some_and(is_number);
        let who = student(name, &id.unwrap_or_default());
        thing.name = file.unwrap_or_default();
        let hand = hands.of(&who, "");
        hand.late |= late;
        hand.things.push(thing);
    }
    if numbers {
        found.notes.push(
            "some names are numbers only, so no number beside them counts as an id".to_owned(),
        );
    }
    Ok(hands.into_list(search))
}

/// Whether a name is a number. If so, nothing says which of several numbers is which.
pub(super) fn is_number(name: &str) -> bool {
    name.chars()
        .all(|letter| letter.is_numeric() || !letter.is_alphanumeric())
}
