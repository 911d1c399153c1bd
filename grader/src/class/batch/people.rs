//! The people who are enrolled and the members of teams, from tables that learning systems export.
//!
//! Its main types are [`Roster`] and [`Teams`]. Columns are recognised by the names
//! that Canvas, Moodle, Gradescope and Blackboard give them, in any order and any case.

mod table;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use play::text::one_line;

use super::class::NOT_HANDED_IN;
use super::find::{Found, HandIn, Without};
use super::student::{Student, folded};
use table::Table;

pub use table::PeopleError;

/// Everybody who is enrolled.
#[derive(Clone, Debug)]
pub struct Roster {
    people: Vec<Person>,
    notes: Vec<String>,
}

/// The members of each team, by the team's name without what the eye overlooks.
#[derive(Clone, Debug)]
pub struct Teams {
    members: BTreeMap<String, Vec<Student>>,
    notes: Vec<String>,
}

/// A row of a table.
#[derive(Clone, Debug)]
struct Person {
    student: Student,
    /// Everything that may stand for them in the name of a file or folder.
    handles: Vec<String>,
    ids: Vec<String>,
    team: Option<String>,
}

impl Roster {
    /// Reads a roster.
    ///
    /// # Errors
    /// When it cannot be read, or names nobody.
    pub fn read(path: &Path) -> Result<Roster, PeopleError> {
        let Table { people, notes } = Table::read(path, false)?;
        Ok(Roster { people, notes })
    }

    /// Points out students who were found but are not enrolled, and adds enrolled
    /// students who were not found.
    pub(super) fn compare(&self, found: &mut Found) {
        found.notes.extend(self.notes.iter().cloned());
        let finder = Finder::of(&self.people);
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
        for (place, person) in self.people.iter().enumerate() {
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
    /// When the table cannot be read, names nobody, or has no column `team`.
    pub fn read(path: &Path) -> Result<Teams, PeopleError> {
        let Table { people, notes } = Table::read(path, true)?;
        let mut members: BTreeMap<String, Vec<Student>> = BTreeMap::new();
        for person in people {
            let team = person.team.unwrap_or_default();
            if !team.trim().is_empty() {
                members
                    .entry(folded(&team))
                    .or_default()
                    .push(person.student);
            }
        }
        Ok(Teams { members, notes })
    }

    /// The team with this name; a system may have left out its spaces and signs.
    fn of(&self, name: &str) -> Option<&Vec<Student>> {
        let exact = self.members.get(&folded(name));
        exact.or_else(|| {
            let mut same = self
                .members
                .iter()
                .filter(|(team, _)| letters(team) == letters(name));
            let (_, members) = same.next()?;
            same.next().is_none().then_some(members)
        })
    }

    /// Gives a team's hand-in to every member.
    pub(super) fn spread(&self, found: &mut Found) {
        found.notes.extend(self.notes.iter().cloned());
        let mut unknown: BTreeMap<String, ()> = BTreeMap::new();
        let mut members = |student: &Student| match self.of(student.name()) {
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
