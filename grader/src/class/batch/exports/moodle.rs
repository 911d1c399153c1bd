//! Moodle: a folder for each student or team.

use std::path::Path;

use super::super::find::{FindError, Found, Search};
use super::super::hand_in::Hand;
use super::super::student::{Ids, Student};
use super::super::thing::ThingKind;
use super::canvas::is_number;
use super::{Hands, NOT_CLAIMED, entries, is_team, over, regex, top};

/// There is a folder for each student, or files that begin with the name that the folder
/// would have: the name, the participant's number, `assignsubmission_file`. Older Moodles
/// end it with one more `_`. If teams hand in, name and number are the team's, and
/// students without a team hand in for a default team, which has no number.
pub(in super::super) fn moodle(
    search: &Search<'_>,
    found: &mut Found,
) -> Result<Vec<Hand>, FindError> {
    let named = regex(
        r"^(?<name>.+?)(?:_(?<id>[0-9]+))?_assignsubmission_(?<kind>[a-z]+)(?:_(?<file>.*))?$",
    );
    let all = top(search, Path::new(""), |name| named.is_match(name))?;
    let teams = search.teams.is_some()
        || all
            .iter()
            .filter_map(|it| named.captures(&it.name))
            .any(|found| {
                let name = found.name("name").map_or("", |it| it.as_str());
                is_team(name) || found.name("id").is_none()
            });
    if teams && search.teams.is_none() {
        found.notes.push(NOT_CLAIMED.to_owned());
    }
    let mut hands = Hands::default();
    let mut numbers = false;
    for mut thing in all {
        let Some(parts) = named.captures(&thing.name) else {
            over(found, &thing, "its name is not one that Moodle gives");
            continue;
        };
        let text = |part: &str| parts.name(part).map(|it| it.as_str().to_owned());
        let (name, id) = (text("name").unwrap_or_default(), text("id"));
        let student = match &id {
            None => Student::named(&name),
            // If names are hidden, the number is the name.
            Some(id) if teams && name != format!("Participant {id}") => {
                Student::numbered(&name, id)
            }
            Some(id) if is_number(&name) => {
                numbers = true;
                Student::numbered(&name, id)
            }
            Some(id) => Student::known(&name, Some(id), None).of(Ids::Moodle),
        };
        if text("kind").as_deref() != Some("file") {
            let why = "a text that was typed in, not a file".to_owned();
            found.pass(&thing.path, why, Some(student));
            continue;
        }
        let file = text("file").unwrap_or_default();
        let hand = hands.of(&student, "");
        match thing.kind {
            ThingKind::Folder if search.drill.is_none() => {
                hand.things.extend(entries(search, &thing.path)?);
            }
            ThingKind::Folder | ThingKind::Crate => hand.things.push(thing),
            _ => {
                thing.name = file;
                hand.things.push(thing);
            }
        }
    }
    if numbers {
        found.notes.push(
            "some names are numbers only, so no number beside them counts as an id".to_owned(),
        );
    }
    Ok(hands.into_list(search))
}
