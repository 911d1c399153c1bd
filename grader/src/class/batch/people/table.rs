//! The tables that learning systems export, row by row. Its main type is [`Table`].

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use play::text::one_line;
use thiserror::Error;

use super::Person;
use crate::class::batch::student::{Identity, Ids, Student, folded};

/// Why a table of people cannot be used.
#[derive(Debug, Error)]
pub enum PeopleError {
    /// It cannot be read.
    #[error("cannot read `{}`: {why}; name a table saved as CSV in UTF-8", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
    /// A column is missing.
    #[error(
        "`{}` has no column `{column}`; its first line must name its columns: `name`, `id`, `email`, and `team` for teams", path.display()
    )]
    Column {
        /// The file.
        path: PathBuf,
        /// The missing column.
        column: &'static str,
    },
    /// What somebody is called goes on over the end of a line.
    #[error(
        "`{}`, line {line}: a quotation mark is opened and never closed", path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: u64,
    },
    /// It has no rows.
    #[error("`{}` names nobody; below its first line it must have a row for each person", path.display())]
    Nobody {
        /// The file.
        path: PathBuf,
    },
}

/// The names of columns, in lower case.
const NAMES: [&str; 8] = [
    "name",
    "student",
    "full name",
    "student name",
    "display name",
    "fullname",
    "nom",
    "nombre",
];
const FIRST: [&str; 4] = ["first name", "firstname", "given name", "vorname"];
const LAST: [&str; 6] = [
    "last name",
    "lastname",
    "surname",
    "family name",
    "nachname",
    "name",
];
const CANVAS: [&str; 2] = ["canvas_user_id", "canvas user id"];
const SCHOOL: [&str; 9] = [
    "sis user id",
    "id number",
    "sid",
    "student id",
    "user_id",
    "student number",
    "idnumber",
    "matrikelnummer",
    "student_id",
];
const LOGIN: [&str; 5] = ["sis login id", "login_id", "username", "login", "user name"];
const EMAILS: [&str; 5] = ["email", "email address", "e-mail", "mail", "e-mail address"];
const TEAMS: [&str; 4] = ["team", "group", "group_name", "group name"];

/// What a table says.
pub(super) struct Table {
    /// Everybody, in the order of their rows.
    pub(super) people: Vec<Person>,
    /// What a person should look at.
    pub(super) notes: Vec<String>,
}

impl Table {
    /// Reads a table, which must have a column `team` if it is one of `teams`.
    pub(super) fn read(path: &Path, teams: bool) -> Result<Table, PeopleError> {
        let unreadable = |why: io::Error| PeopleError::Unreadable {
            path: path.to_owned(),
            why,
        };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let first = text.lines().next().unwrap_or_default();
        let most = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
        let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(most);
        let mut rows = ReaderBuilder::new()
            .delimiter(delimiter.unwrap_or(b','))
            .flexible(true)
            .from_reader(text.as_bytes());
        let head = rows
            .headers()
            .map_err(|why| unreadable(why.into()))?
            .clone();
        let columns = Columns::of(&head);
        let column = |column| PeopleError::Column {
            path: path.to_owned(),
            column,
        };
        if columns.is_empty() {
            return Err(column("name"));
        }
        if teams && columns.team.is_none() {
            return Err(column("team"));
        }
        let open = |line: u64| PeopleError::Open {
            path: path.to_owned(),
            line,
        };
        let mut people = Vec::new();
        let mut last_of_many_lines = None;
        for row in rows.records() {
            let row = row.map_err(|why| unreadable(why.into()))?;
            let line = row.position().map_or(0, csv::Position::line);
            last_of_many_lines = row.iter().any(has_line_break).then_some(line);
            if columns.of_people(&row).any(has_line_break) {
                return Err(open(line));
            }
            people.extend(columns.person(&row));
        }
        // Of other columns a comment may have several lines, but not all that follow.
        let is_open = text.matches('"').count() % 2 == 1;
        if let Some(line) = last_of_many_lines.filter(|_| is_open) {
            return Err(open(line));
        }
        if people.is_empty() {
            return Err(PeopleError::Nobody {
                path: path.to_owned(),
            });
        }
        let mut table = Table {
            people,
            notes: Vec::new(),
        };
        table.take_what_is_shared(|it| it.student.id(), Person::without_id, "number");
        table.take_what_is_shared(|it| it.student.email(), Person::without_email, "address");
        let mut known: HashSet<(Identity, Option<String>)> = HashSet::new();
        let team = |it: &Person| it.team.clone().filter(|_| teams);
        let is_new = |it: &Person| known.insert((it.student.identity(), team(it)));
        table.people = table.people.into_iter().filter(is_new).collect();
        Ok(table)
    }

    /// What stands beside several names identifies nobody: `-`, `n/a`, a typing error.
    fn take_what_is_shared(
        &mut self,
        of: impl Fn(&Person) -> Option<&str>,
        without: impl Fn(Person) -> Person,
        noun: &str,
    ) {
        let mut names: BTreeMap<String, BTreeMap<String, &str>> = BTreeMap::new();
        for person in &self.people {
            if let Some(what) = of(person) {
                let beside = names.entry(folded(what)).or_default();
                beside.insert(words(person.student.name()), person.student.name());
            }
        }
        names.retain(|_, beside| beside.len() > 1);
        let told = names.iter().map(|(what, beside)| {
            format!(
                "the {noun} `{}` stands beside {} in the table; it identifies none of them",
                one_line(what, 80),
                some_of(beside.values().copied())
            )
        });
        self.notes.extend(told);
        let shared: BTreeSet<String> = names.into_keys().collect();
        let is_shared = |it: &Person| of(it).is_some_and(|what| shared.contains(&folded(what)));
        self.people = std::mem::take(&mut self.people)
            .into_iter()
            .map(|it| match is_shared(&it) {
                true => without(it),
                false => it,
            })
            .collect();
    }
}

impl Person {
    /// The same person, whose id is none.
    fn without_id(mut self) -> Person {
        let id = self.student.id().map(str::to_owned).unwrap_or_default();
        self.student = self.student.without_id();
        self.ids.retain(|it| *it != id);
        let name = folded(self.student.name());
        self.handles.retain(|it| *it == name || *it != folded(&id));
        self
    }

    /// The same person, whose address is none.
    fn without_email(mut self) -> Person {
        self.student = self.student.without_email();
        self
    }
}

fn has_line_break(text: &str) -> bool {
    text.contains(['\n', '\r'])
}

/// A name's words in the order of the alphabet, as `Lovelace, Ada` and `Ada Lovelace` have
/// the same.
fn words(name: &str) -> String {
    let name = folded(name);
    let mut words: Vec<&str> = name
        .split(|it: char| !it.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.join(" ")
}

/// The first few of these names, and how many more there are.
fn some_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let names: Vec<String> = names
        .map(|name| format!("`{}`", one_line(name, 80)))
        .collect();
    match names.len().saturating_sub(SHOWN) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}

/// Which column holds what.
#[derive(Default)]
struct Columns {
    name: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    id: Option<(usize, Ids)>,
    school: Option<usize>,
    login: Option<usize>,
    email: Option<usize>,
    team: Option<usize>,
}

impl Columns {
    fn of(head: &StringRecord) -> Columns {
        let titles: Vec<String> = head.iter().map(|it| it.trim().to_lowercase()).collect();
        let find = |known: &[&str]| titles.iter().position(|title| known.contains(&&**title));
        let is_canvas = find(&["sis user id", "sis login id"]).is_some();
        let identifier = find(&["identifier"]).map(|place| (place, Ids::Moodle));
        let own = find(&["id"]).map(|place| match is_canvas {
            true => (place, Ids::Canvas),
            false => (place, Ids::School),
        });
        let canvas = find(&CANVAS).map(|place| (place, Ids::Canvas));
        let first = find(&FIRST);
        Columns {
            // Beside a first name, `name` is the last name.
            name: find(&NAMES).filter(|_| first.is_none()),
            last: first.and_then(|_| find(&LAST)),
            first,
            id: identifier.or(canvas).or(own),
            school: find(&SCHOOL),
            login: find(&LOGIN),
            email: find(&EMAILS),
            team: find(&TEAMS),
        }
    }

    fn is_empty(&self) -> bool {
        let some = [self.name, self.first, self.school, self.login, self.email];
        some.iter().all(Option::is_none) && self.id.is_none()
    }

    /// What a row says of a person.
    fn of_people<'r>(&self, row: &'r StringRecord) -> impl Iterator<Item = &'r str> {
        let places = [
            self.name,
            self.first,
            self.last,
            self.school,
            self.login,
            self.email,
            self.team,
        ];
        let id = self.id.map(|(place, _)| place);
        let places = places.into_iter().chain([id]).flatten();
        places.filter_map(|place| row.get(place))
    }

    fn person(&self, row: &StringRecord) -> Option<Person> {
        let text = |place: Option<usize>| {
            let text = place.and_then(|place| row.get(place)).unwrap_or_default();
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        };
        let (first, last) = (text(self.first), text(self.last));
        let whole = match (&first, &last) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (first, last) => first.clone().or_else(|| last.clone()),
        };
        let (email, login, school) = (text(self.email), text(self.login), text(self.school));
        let id = self.id.and_then(|(place, kind)| {
            let id = text(Some(place))?;
            let id = id.strip_prefix("Participant ").unwrap_or(&id).to_owned();
            Some((id, kind))
        });
        let name = text(self.name).or(whole);
        // Canvas' second row has the possible points, not a person.
        if name.as_deref() == Some("Points Possible") {
            return None;
        }
        let id = id.or_else(|| school.clone().map(|id| (id, Ids::School)));
        let id = id.or_else(|| login.clone().map(|id| (id, Ids::Blackboard)));
        let stands = name.clone().or_else(|| email.clone());
        let stands = stands.or_else(|| id.as_ref().map(|(id, _)| id.clone()))?;
        let ids = [id.as_ref().map(|(id, _)| id.clone()), school, login.clone()];
        let ids: Vec<String> = ids.into_iter().flatten().collect();
        let mut handles: Vec<String> = [Some(stands.clone()), login]
            .into_iter()
            .flatten()
            .collect();
        handles.extend(ids.iter().cloned());
        // `Lovelace, Ada` and `Ada Lovelace`, and Canvas' `lovelaceada`.
        if let Some((last, first)) = stands.split_once(',') {
            handles.push(format!("{} {}", first.trim(), last.trim()));
        } else if let (Some(first), Some(last)) = (&first, &last) {
            handles.push(format!("{last} {first}"));
        } else if let Some((first, last)) = stands.rsplit_once(' ') {
            handles.push(format!("{last} {first}"));
        }
        handles.extend(
            email
                .iter()
                .filter_map(|it| it.split_once('@'))
                .map(|it| it.0.to_owned()),
        );
        let mut handles: Vec<String> = handles.iter().map(|it| folded(it)).collect();
        handles.sort();
        handles.dedup();
        let student = Student::known(&stands, id.as_ref().map(|it| &*it.0), email.as_deref());
        Some(Person {
            student: match id {
                Some((_, kind)) => student.of(kind),
                None => student,
            },
            handles,
            ids,
            team: text(self.team),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, teams: bool) -> Result<Table, String> {
        let folder = tempfile::tempdir().expect("there is space");
        let path = folder.path().join("people.csv");
        fs::write(&path, text).expect("it is ours");
        Table::read(&path, teams).map_err(|error| error.to_string())
    }

    fn names(table: &Table) -> Vec<&str> {
        let people = table.people.iter();
        people.map(|person| person.student.name()).collect()
    }

    #[test]
    fn what_stands_beside_several_names_makes_nobody_disappear() {
        for text in [
            "name,id\nAda,-\nBob,-\nCy,17\n",
            "name,email\nAda,none@x.edu\nBob,None@x.edu\nCy,cy@x.edu\n",
            "name,id,email\nAda,n/a,x@x.edu\nBob,N/A,x@x.edu\nCy,17,x@x.edu\n",
        ] {
            let read = table(text, false).expect(text);
            assert_eq!(names(&read), ["Ada", "Bob", "Cy"], "{text}");
            let identities: BTreeSet<Identity> =
                read.people.iter().map(|it| it.student.identity()).collect();
            assert_eq!(identities.len(), 3, "{text}");
            assert!(!read.notes.is_empty(), "{text}");
        }
        let teams = "team,name,id\none,Ada,-\none,Bob,-\ntwo,Cy,17\n";
        let read = table(teams, true).expect(teams);
        assert_eq!(names(&read), ["Ada", "Bob", "Cy"]);
        assert_eq!(
            read.notes,
            ["the number `-` stands beside `Ada`, `Bob` in the table; it identifies none of them"]
        );
    }

    #[test]
    fn somebody_who_is_named_twice_is_one_person() {
        let text = "name,id\nAda Lovelace,17\n\"Lovelace, Ada\",17\nAda  Lovelace,17\n";
        let read = table(text, false).expect(text);
        assert_eq!(names(&read), ["Ada Lovelace"]);
        assert!(read.notes.is_empty(), "{:?}", read.notes);
        let in_two_teams = "team,name,id\none,Ada,17\ntwo,Ada,17\none,Ada,17\n";
        let read = table(in_two_teams, true).expect(in_two_teams);
        assert_eq!(names(&read), ["Ada", "Ada"]);
        let enrolled = table(in_two_teams, false).expect(in_two_teams);
        assert_eq!(names(&enrolled), ["Ada"]);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_swallows_nobody() {
        for (text, line) in [
            ("name,id\n\"Ada Lovelace,1\nBob,2\nCy,3\n", 2),
            ("name,id\nBob,2\n\"Ada,1\n\"Cy,3\nDi,4\n", 3),
            ("name,remark\nAda,\"late\nBob,\nCy,\n", 2),
        ] {
            let error = table(text, false).err().expect(text);
            let said = format!("line {line}: a quotation mark is opened and never closed");
            assert!(error.ends_with(&said), "{text}: {error}");
        }
        let remarks = "name,remark\nAda,\"late,\nbut ill\"\nBob \"B\" Bee,\nCy 5\",\n";
        let read = table(remarks, false).expect(remarks);
        assert_eq!(names(&read), ["Ada", "Bob \"B\" Bee", "Cy 5\""]);
    }

    #[test]
    fn a_table_of_nobody_is_refused() {
        for text in ["name,id\n", "name,id\n,\n", "name,id\n\n\n"] {
            let error = table(text, false).err().expect(text);
            assert!(error.contains("names nobody"), "{error}");
        }
    }
}
