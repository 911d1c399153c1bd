//! Decides which of the students that were found are one person, and which only look like it.
//!
//! A shared id makes two students one, unless the class itself contradicts it. Names
//! never do: if two differ only in what the eye overlooks, both are kept and pointed out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use play::text::one_line;

use super::find::{Found, Without};
use super::student::{Identity, Student, folded};

/// Gives each person one name, and takes away ids that cannot be one person's.
/// `chosen`: whether the names were written by people, as a pattern says, and not by a
/// system.
pub(super) fn settle(found: &mut Found, chosen: bool) {
    let shared = shared(found, chosen);
    for (id, names) in &shared {
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        found.notes.push(format!(
            "the number `{}` appears beside {}; it does not count as an id",
            one_line(id, 40),
            names.join(" and ")
        ));
    }
    each(found, |student| {
        if student.id().is_some_and(|id| shared.contains_key(id)) {
            *student = student.clone().unclaimed();
        }
    });
    let mut called: HashMap<Identity, Student> = HashMap::new();
    each(found, |student| {
        let first = called.entry(student.identity());
        *student = first.or_insert_with(|| student.clone()).clone();
    });
    alike(found, called.into_values());
}

/// Ids that appear beside more than one person, with their names. Persons
/// differ by address, or by name if people wrote the names.
fn shared(found: &mut Found, chosen: bool) -> BTreeMap<String, BTreeSet<String>> {
    type Persons = BTreeSet<(String, String)>;
    let mut by_id: BTreeMap<(Option<super::store::Ids>, String), Persons> = BTreeMap::new();
    each(found, |student| {
        if let Some(id) = student.id() {
            let email = student.email().unwrap_or_default().trim().to_lowercase();
            let persons = by_id.entry((student.system(), id.to_owned())).or_default();
            persons.insert((email, student.name().to_owned()));
        }
    });
    let mut shared = BTreeMap::new();
    for ((_, id), persons) in by_id {
        let emails: BTreeSet<&String> = persons.iter().map(|(email, _)| email).collect();
        let emails = emails.into_iter().filter(|email| !email.is_empty());
        let names: BTreeSet<String> = persons.iter().map(|(_, name)| folded(name)).collect();
        if emails.count() > 1 || (chosen && names.len() > 1) {
            let names = persons.into_iter().map(|(_, name)| name).collect();
            shared.insert(id, names);
        }
    }
    shared
}

/// Points out names that may be one person's.
fn alike(found: &mut Found, students: impl Iterator<Item = Student>) {
    let mut by_name: BTreeMap<String, Vec<Student>> = BTreeMap::new();
    for student in students {
        let names = by_name.entry(folded(student.name())).or_default();
        names.push(student);
    }
    for (_, mut students) in by_name {
        if students.len() < 2 {
            continue;
        }
        students.sort();
        let names: Vec<String> = students.iter().map(named).collect();
        found.notes.push(format!(
            "{} may be one person; they are counted apart",
            names.join(" and ")
        ));
    }
}

/// Removes students who do have a hand-in from those without one, and lists the rest once each.
pub(super) fn nothing_of(found: &mut Found) {
    let with = found.hand_ins.iter().map(|it| it.student.identity());
    let mut known: HashSet<Identity> = with.collect();
    found
        .without
        .retain(|it| known.insert(it.student.identity()));
    found.without.sort_by(|one, other| {
        let students = one.student.cmp(&other.student);
        students.then_with(|| one.path.cmp(&other.path))
    });
}

/// Shows every student that was found.
pub(super) fn each(found: &mut Found, mut see: impl FnMut(&mut Student)) {
    for hand_in in &mut found.hand_ins {
        see(&mut hand_in.student);
    }
    for Without { student, .. } in &mut found.without {
        see(student);
    }
}

/// A student in a line, with everything that distinguishes them from others.
pub(super) fn named(student: &Student) -> String {
    let more = [student.id(), student.number(), student.email()];
    let more: Vec<String> = more
        .into_iter()
        .flatten()
        .map(|it| one_line(it, 60))
        .collect();
    match &*more {
        [] => quoted(student.name()),
        more => format!("{} ({})", quoted(student.name()), more.join(", ")),
    }
}

/// A name with its spaces and its invisible characters shown.
fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_graphic() || letter == ' ';
    let plain = name.chars().all(is_plain);
    match plain {
        true => format!("`{name}`"),
        // Otherwise, letters that are composed in two ways look the same.
        false => {
            let combining = unicode_normalization::char::is_combining_mark;
            let text: String = name
                .chars()
                .map(|letter| match combining(letter) {
                    true => format!("\\u{{{:x}}}", letter as u32),
                    false => letter.to_string(),
                })
                .collect();
            format!("`{}`", one_line(&text, 80))
        }
    }
}
