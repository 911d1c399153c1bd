//! The people who are enrolled and the members of teams, from tables that learning systems export.
//!
//! Its main types are [`Roster`] and [`Teams`]. Columns are recognised by the names
//! that Canvas, Moodle, Gradescope and Blackboard give them, in any order and any case.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use play::text::one_line;
use thiserror::Error;

use super::class::NOT_HANDED_IN;
use super::find::{Found, HandIn, Without};
use super::student::{Identity, Ids, Student, folded};

/// Everybody who is enrolled.
#[derive(Clone, Debug)]
pub struct Roster(Vec<Person>);

/// The members of each team, by the team's name without what the eye overlooks.
#[derive(Clone, Debug)]
pub struct Teams(BTreeMap<String, Vec<Student>>);

/// A row of a table.
#[derive(Clone, Debug)]
struct Person {
    student: Student,
    /// Everything that may stand for them in the name of a file or folder.
    handles: Vec<String>,
    ids: Vec<String>,
    team: Option<String>,
}

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

impl Roster {
    /// Reads a roster.
    ///
    /// # Errors
    /// When it cannot be read, or names no students.
    pub fn read(path: &Path) -> Result<Roster, PeopleError> {
        Ok(Roster(people(path, false)?))
    }

    /// Points out students who were found but are not enrolled, and adds enrolled
    /// students who were not found.
    pub(super) fn compare(&self, found: &mut Found) {
        let finder = Finder::of(&self.0);
        let mut seen: HashSet<usize> = HashSet::new();
        let mut unknown: BTreeMap<Student, ()> = BTreeMap::new();
        let hand_ins = found.hand_ins.iter().map(|it| &it.student);
        let without = found.without.iter().map(|it| &it.student);
        for student in hand_ins.chain(without) {
            match finder.find(student) {
                Some(place) => {
                    seen.insert(place);
                }
                None => {
                    unknown.insert(student.clone(), ());
                }
            }
        }
        for student in unknown.keys() {
            found.notes.push(format!(
                "{} is not on the roster",
                super::identity::named(student)
            ));
        }
        for (place, person) in self.0.iter().enumerate() {
            if !seen.contains(&place) {
                found.without.push(Without {
                    student: person.student.clone(),
                    path: PathBuf::new(),
                    why: NOT_HANDED_IN.to_owned(),
                });
            }
        }
    }
}

impl Teams {
    /// Reads the teams.
    ///
    /// # Errors
    /// When the table cannot be read, or has no column `team`.
    pub fn read(path: &Path) -> Result<Teams, PeopleError> {
        let mut teams: BTreeMap<String, Vec<Student>> = BTreeMap::new();
        for person in people(path, true)? {
            let team = person.team.unwrap_or_default();
            if !team.trim().is_empty() {
                teams.entry(folded(&team)).or_default().push(person.student);
            }
        }
        Ok(Teams(teams))
    }

    /// The team with this name; a system may have left out its spaces and signs.
    fn members(&self, name: &str) -> Option<&Vec<Student>> {
        let exact = self.0.get(&folded(name));
        exact.or_else(|| {
            let mut same = self
                .0
                .iter()
                .filter(|(team, _)| letters(team) == letters(name));
            let (_, members) = same.next()?;
            same.next().is_none().then_some(members)
        })
    }

    /// Gives a team's hand-in to every member.
    pub(super) fn spread(&self, found: &mut Found) {
        let mut unknown: BTreeMap<String, ()> = BTreeMap::new();
        let mut members = |student: &Student| match self.members(student.name()) {
            Some(members) => members.clone(),
            None => {
                unknown.insert(student.name().to_owned(), ());
                vec![student.clone()]
            }
        };
        let hand_ins = std::mem::take(&mut found.hand_ins);
        found.hand_ins = hand_ins
            .into_iter()
            .flat_map(|hand_in| {
                members(&hand_in.student)
                    .into_iter()
                    .map(move |student| HandIn {
                        student,
                        ..hand_in.clone()
                    })
            })
            .collect();
        let without = std::mem::take(&mut found.without);
        found.without = without
            .into_iter()
            .flat_map(|it| {
                members(&it.student)
                    .into_iter()
                    .map(move |student| Without {
                        student,
                        ..it.clone()
                    })
            })
            .collect();
        for name in unknown.keys() {
            let name = one_line(name, 80);
            found
                .notes
                .push(format!("the list of teams has no team `{name}`"));
        }
    }
}

/// Finds people by what stands for them in names.
struct Finder<'a> {
    people: &'a [Person],
    by_id: HashMap<&'a str, Vec<usize>>,
    by_email: HashMap<String, Vec<usize>>,
    by_handle: HashMap<&'a str, Vec<usize>>,
    by_letters: HashMap<String, Vec<usize>>,
}

impl<'a> Finder<'a> {
    fn of(people: &'a [Person]) -> Finder<'a> {
        let mut finder = Finder {
            people,
            by_id: HashMap::new(),
            by_email: HashMap::new(),
            by_handle: HashMap::new(),
            by_letters: HashMap::new(),
        };
        for (place, person) in people.iter().enumerate() {
            for id in &person.ids {
                finder.by_id.entry(id).or_default().push(place);
            }
            if let Some(email) = person.student.email() {
                let email = email.trim().to_lowercase();
                finder.by_email.entry(email).or_default().push(place);
            }
            for handle in &person.handles {
                finder.by_handle.entry(handle).or_default().push(place);
                let places = finder.by_letters.entry(letters(handle)).or_default();
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        finder
    }

    /// The only person that a student can be.
    fn find(&self, student: &Student) -> Option<usize> {
        let name = folded(student.name());
        let email = student.email().map(|it| it.trim().to_lowercase());
        let by_id = student.id().and_then(|id| self.by_id.get(id));
        let by_email = email.and_then(|email| self.by_email.get(&email));
        let by_handle = self.by_handle.get(&*name);
        let by_letters = self.by_letters.get(&letters(&name));
        let named = [by_handle, by_letters].into_iter().flatten();
        let named = named.into_iter().find_map(|places| only(places));
        let of_id = by_id.and_then(|places| {
            // Another system's number may equal a different person's number here.
            let same = |place: &usize| self.people[*place].student.system() == student.system();
            only(places).filter(|place| same(place) || named == Some(*place))
        });
        of_id
            .or_else(|| by_email.and_then(|places| only(places)))
            .or(named)
    }
}

fn only(places: &[usize]) -> Option<usize> {
    match places {
        [only] => Some(*only),
        _ => None,
    }
}

/// A name's letters and digits in lower case: what Canvas leaves of it.
fn letters(name: &str) -> String {
    let folded = folded(name);
    folded.chars().filter(|it| it.is_alphanumeric()).collect()
}

fn people(path: &Path, teams: bool) -> Result<Vec<Person>, PeopleError> {
    let unreadable = |why: io::Error| PeopleError::Unreadable {
        path: path.to_owned(),
        why,
    };
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let first = text.lines().next().unwrap_or_default();
    let most = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(most);
    let mut table = ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .flexible(true)
        .from_reader(text.as_bytes());
    let head = table
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
    let mut people = Vec::new();
    let mut known: HashSet<(Identity, Option<String>)> = HashSet::new();
    for row in table.records() {
        let row = row.map_err(|why| unreadable(why.into()))?;
        let Some(person) = columns.person(&row) else {
            continue;
        };
        if known.insert((person.student.identity(), person.team.clone())) {
            people.push(person);
        }
    }
    Ok(people)
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
