//! The names of the files for students: their own names, in any script.
//!
//! Its main type is [`Names`]. No two students share a file, not even on a file system
//! that ignores case.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::class::batch::class::Class;
use crate::class::batch::student::{Identity, Student, folded};

/// The longest name, in letters; no file system takes more than 255 bytes.
const LONGEST: usize = 50;

/// A name for each student's file, without an ending.
pub(in crate::class) struct Names(HashMap<Identity, String>);

impl Names {
    pub(in crate::class) fn of(class: &Class<'_>) -> Names {
        let mut count: HashMap<String, usize> = HashMap::new();
        for (student, ..) in class.everybody() {
            *count.entry(folded(&plain(student.name()))).or_default() += 1;
        }
        let mut taken = HashSet::new();
        let mut names = HashMap::new();
        for (student, ..) in class.everybody() {
            let own = plain(student.name());
            let is_alone = count.get(&folded(&own)) == Some(&1) && !own.is_empty();
            let more = [student.id(), student.number(), student.email()];
            let more = more.into_iter().flatten().next();
            let with_id = more.map(|more| format!("{own}-{}", plain(more)));
            let marked = format!("{own}-{}", student.file_stem());
            let all = [is_alone.then_some(own), with_id, Some(marked)];
            let all = all.into_iter().flatten();
            let mut all = all.map(|name| name.trim_matches(['-', '.']).to_owned());
            let name = all.find(|name| !name.is_empty() && taken.insert(folded(name)));
            names.insert(
                student.identity(),
                name.unwrap_or_else(|| student.file_stem()),
            );
        }
        Names(names)
    }

    pub(in crate::class) fn name(&self, student: &Student) -> String {
        let known = self.0.get(&student.identity()).cloned();
        known.unwrap_or_else(|| student.file_stem())
    }
}

/// Letters of any script, and few signs.
pub(super) fn plain(name: &str) -> String {
    let plain = |letter: char| match letter {
        '_' | '.' => letter,
        _ if letter.is_alphanumeric() || is_combining_mark(letter) => letter,
        _ => '-',
    };
    let name: String = name.nfc().map(plain).take(LONGEST).collect();
    let parts = name.split('-').map(|part| part.trim_matches('.'));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_whose_it_is_in_any_script() {
        for (name, file) in [
            ("ada", "ada"),
            ("Ada Lovelace", "Ada-Lovelace"),
            ("李雷", "李雷"),
            ("Zoe\u{308}", "Zo\u{eb}"),
            ("अदा", "अदा"),
            ("../../etc", "etc"),
            (".. .x. y", "x-y"),
            ("B.Bobson", "B.Bobson"),
            ("a/b\\c:d", "a-b-c-d"),
            ("?", ""),
        ] {
            assert_eq!(plain(name), file);
        }
    }

    #[test]
    fn no_two_share_a_file() {
        let nothing = Vec::new();
        let mut class = Class::of(Vec::new(), &nothing).expect("it is empty");
        let students = [
            Student::named("Ada"),
            Student::named("ada "),
            Student::named("a/d a"),
            Student::known("Ada", Some("7"), None),
            Student::known("Ada", Some("8"), Some("a@x")),
            Student::numbered("Ada", "7"),
            Student::named("?"),
            Student::named("!"),
            Student::named("Ada-7"),
        ];
        class = class.with_empty_handed(
            students
                .into_iter()
                .map(|student| crate::class::batch::EmptyHanded {
                    student,
                    why: String::new(),
                })
                .collect(),
        );
        let names = Names::of(&class);
        let mut files: Vec<String> = class
            .everybody()
            .map(|(student, ..)| folded(&names.name(student)))
            .collect();
        assert_eq!(files.len(), 9);
        files.sort();
        files.dedup();
        assert_eq!(files.len(), 9, "{files:?}");
    }
}
