//! Who handed something in.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest file name made from a student's name.
const LONGEST_NAME: usize = 64;

/// Who handed something in, as its file or folder says.
///
/// Two are the same student when name, id and address are. All of it is text that
/// somebody else chose: it must be escaped wherever it is shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct Student {
    name: Box<str>,
    /// Elsewhere, because most classes are handed in by name alone, and there are as
    /// many of these in memory as there are submissions.
    account: Option<Box<Account>>,
}

/// What a learning system knows a student by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Account {
    id: Option<Box<str>>,
    email: Option<Box<str>>,
}

/// As it is written down.
#[derive(Serialize, Deserialize)]
struct Form {
    name: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Box<str>>,
}

impl From<Form> for Student {
    fn from(form: Form) -> Student {
        Student::known(&form.name, form.id.as_deref(), form.email.as_deref())
    }
}

impl From<Student> for Form {
    fn from(student: Student) -> Form {
        Form {
            id: student.id().map(Box::from),
            email: student.email().map(Box::from),
            name: student.name,
        }
    }
}

impl Student {
    /// A student known by name only.
    pub fn named(name: &str) -> Student {
        Student::known(name, None, None)
    }

    /// A student whose id or address is known as well.
    pub fn known(name: &str, id: Option<&str>, email: Option<&str>) -> Student {
        let account = || {
            Box::new(Account {
                id: id.map(Box::from),
                email: email.map(Box::from),
            })
        };
        Student {
            name: name.into(),
            account: (id.is_some() || email.is_some()).then(account),
        }
    }

    /// The name, or what stands for it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number the learning system knows the student by: Canvas' user id,
    /// Moodle's participant number, Gradescope's student id.
    pub fn id(&self) -> Option<&str> {
        self.account.as_ref()?.id.as_deref()
    }

    /// The address, where an export names it.
    pub fn email(&self) -> Option<&str> {
        self.account.as_ref()?.email.as_deref()
    }

    /// A file name without an ending that is this student's alone: plain characters,
    /// never empty, never hidden.
    pub fn file_stem(&self) -> String {
        let whole = match self.id() {
            Some(id) => format!("{}-{id}", self.name),
            None => self.name.to_string(),
        };
        let plain = |letter: char| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' => letter,
            _ => '-',
        };
        let stem: String = whole.chars().map(plain).take(LONGEST_NAME).collect();
        let stem = stem.trim_matches(['-', '.']);
        if self.id().is_none() && stem == whole && !has_mark(stem) {
            return whole;
        }
        // What was changed could be somebody else's name by now; so a mark of the
        // real one goes behind it.
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([0]);
        hash.update(self.id().unwrap_or_default().as_bytes());
        let mark: String = hash
            .finalize()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        match stem {
            "" => mark,
            _ => format!("{stem}-{mark}"),
        }
    }
}

/// Whether a plain name ends as one with a mark does.
fn has_mark(stem: &str) -> bool {
    let last = stem.rsplit('-').next().unwrap_or(stem);
    stem.is_empty() || (last.len() == 12 && last.chars().all(|letter| letter.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_its_own_file_name() {
        for name in ["ada", "lovelace_ada", "B.Bobson", "x-1"] {
            assert_eq!(Student::named(name).file_stem(), name);
        }
    }

    #[test]
    fn no_two_students_share_a_file_name() {
        let odd = [
            "a b",
            "a/b",
            "a-b",
            "..",
            "",
            "é",
            "è",
            "../../etc",
            ".x",
            "x",
        ];
        let mut students: Vec<Student> = odd.map(Student::named).to_vec();
        // Names that look like what others are turned into.
        let made = students.clone();
        students.extend(
            made.iter()
                .map(|student| Student::named(&student.file_stem())),
        );
        students.extend(["1", "2"].map(|id| Student::known("a-b", Some(id), None)));
        students.push(Student::named(&"n".repeat(300)));
        students.push(Student::named(&"n".repeat(301)));
        students.sort();
        students.dedup();
        let mut stems: Vec<String> = students.iter().map(Student::file_stem).collect();
        for stem in &stems {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
            assert!(
                stem.chars().all(plain) && !stem.starts_with(['.', '-']),
                "{stem}"
            );
            assert!((1..90).contains(&stem.len()), "{stem}");
        }
        stems.sort();
        stems.dedup();
        assert_eq!(stems.len(), students.len());
    }
}
