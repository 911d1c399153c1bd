//! The students who handed something in, and what makes two of them one.
//!
//! Its main types are [`Student`], which is shown, and [`Identity`], which is compared:
//! the number that a system knows a student by, or else the address, or else the name.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The longest file name made from a student's name.
const LONGEST_NAME: usize = 64;

/// Who handed something in, as its file or folder says.
///
/// All of it is text that somebody else chose: it must be escaped wherever it is shown.
/// Two students who are equal in everything are one person; so are two with one [`Identity`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct Student {
    name: Box<str>,
    /// Boxed, because most classes are handed in by name alone, and memory holds as
    /// many students as submissions.
    account: Option<Box<Account>>,
}

/// The number and address by which a learning system knows a student.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Account {
    id: Option<Box<str>>,
    email: Option<Box<str>>,
    system: Option<Ids>,
    number: Option<Box<str>>,
}

/// The system that numbered the students, in which their ids mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ids {
    /// Canvas: its own numbers of its users.
    Canvas,
    /// Moodle: its own numbers of an assignment's participants.
    Moodle,
    /// The school: a student's number in Gradescope's list, or an `{id}` of a pattern.
    School,
    /// Blackboard: its users' names for signing in.
    Blackboard,
}

/// What identifies a student, whatever else is known of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// A system's number.
    Id(Option<Ids>, String),
    /// An address, in lower case.
    Email(String),
    /// A name as it was written, and a number that says nothing by itself.
    Name(String, Option<String>),
}

/// The serialised form.
#[derive(Serialize, Deserialize)]
struct Form {
    name: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<Ids>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<Box<str>>,
}

impl From<Form> for Student {
    fn from(form: Form) -> Student {
        let account = Account {
            system: form.system.filter(|_| form.id.is_some()),
            id: form.id,
            email: form.email,
            number: form.number,
        };
        Student {
            name: form.name,
            account: (account != Account::default()).then(|| Box::new(account)),
        }
    }
}

impl From<Student> for Form {
    fn from(student: Student) -> Form {
        let account = student.account.map(|account| *account).unwrap_or_default();
        Form {
            name: student.name,
            id: account.id,
            email: account.email,
            system: account.system,
            number: account.number,
        }
    }
}

impl Student {
    /// A student who is known by name only.
    pub fn named(name: &str) -> Student {
        Student::known(name, None, None)
    }

    /// A student whose id or address is known as well.
    pub fn known(name: &str, id: Option<&str>, email: Option<&str>) -> Student {
        Student::from(Form {
            name: name.into(),
            id: id.map(Box::from),
            email: email.map(Box::from),
            system: None,
            number: None,
        })
    }

    /// The same student, with an id of this kind.
    pub fn of(self, system: Ids) -> Student {
        self.changed(|form| form.system = Some(system))
    }

    /// A student with this name, distinguished from others by a number of unknown
    /// meaning.
    pub fn numbered(name: &str, number: &str) -> Student {
        Student::named(name).changed(|form| form.number = Some(number.into()))
    }

    /// The same student, after the id turned out to mean nothing by itself.
    pub fn unclaimed(self) -> Student {
        self.changed(|form| form.number = form.id.take().or(form.number.take()))
    }

    /// The same student without an id.
    pub fn without_id(self) -> Student {
        self.changed(|form| (form.id, form.system) = (None, None))
    }

    /// The same student without an address.
    pub fn without_email(self) -> Student {
        self.changed(|form| form.email = None)
    }

    fn changed(self, change: impl FnOnce(&mut Form)) -> Student {
        let mut form = Form::from(self);
        change(&mut form);
        Student::from(form)
    }

    /// The name, or a substitute for it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number the learning system knows the student by: Canvas' user id,
    /// Moodle's participant number, Gradescope's student id.
    pub fn id(&self) -> Option<&str> {
        self.account.as_ref()?.id.as_deref()
    }

    /// The address, if an export names it.
    pub fn email(&self) -> Option<&str> {
        self.account.as_ref()?.email.as_deref()
    }

    /// The system of the id, if that is known.
    pub fn system(&self) -> Option<Ids> {
        self.account.as_ref()?.system
    }

    /// A number beside the name that may count anything, groups included.
    pub fn number(&self) -> Option<&str> {
        self.account.as_ref()?.number.as_deref()
    }

    /// What identifies this student.
    pub fn identity(&self) -> Identity {
        let email = self.email().map(|email| email.trim().to_lowercase());
        match (self.id(), email) {
            (Some(id), _) => Identity::Id(self.system(), id.to_owned()),
            (None, Some(email)) => Identity::Email(email),
            (None, None) => Identity::Name(self.name.to_string(), self.number().map(str::to_owned)),
        }
    }

    /// A file name without an ending for this student alone: plain characters, never empty,
    /// never hidden. One identity always has the same file name, whatever the student's name.
    pub fn file_stem(&self) -> String {
        let (kind, text, more) = match self.identity() {
            Identity::Id(system, id) => ("id", id, system.map(|it| format!("{it:?}"))),
            Identity::Email(email) => ("email", email, None),
            Identity::Name(name, number) => ("name", name, number),
        };
        let stem = plain(&text);
        if kind == "name" && more.is_none() && stem == text && !has_mark(&stem) {
            return text;
        }
        // The changed name may equal somebody else's; so a mark of the real name
        // is appended.
        let more = more.unwrap_or_default();
        let parts: &[&str] = match kind {
            // The same mark as before there were other kinds.
            "name" => &[&text, &more],
            _ => &[kind, &more, &text],
        };
        marked(&stem, parts)
    }

    /// A second file name for this student, if a file system confuses the first with
    /// another student's: some do not distinguish `Ada` from `ada`.
    pub(super) fn other_stem(&self) -> String {
        let identity = format!("{:?}", self.identity());
        marked(&plain(&self.file_stem()), &["other", &identity])
    }

    /// The file name of a record in earlier versions, when the name was part of the identity.
    pub(super) fn former_stem(&self) -> String {
        let id = self.id().unwrap_or_default();
        let whole = match self.id() {
            Some(id) => format!("{}-{id}", self.name),
            None => self.name.to_string(),
        };
        let stem = plain(&whole);
        match self.id().is_none() && stem == whole && !has_mark(&stem) {
            true => whole,
            false => marked(&stem, &[&self.name, id]),
        }
    }
}

/// A name without what the eye overlooks: how letters are composed, their case, and
/// spaces at the ends. Two names that are equal in this form may belong to one person.
pub fn folded(name: &str) -> String {
    let lower: String = name.nfkc().collect::<String>().to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

/// Replaces all other characters by plain ones, with none of these at the ends.
fn plain(text: &str) -> String {
    let plain = |letter: char| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' => letter,
        _ => '-',
    };
    let stem: String = text.chars().map(plain).take(LONGEST_NAME).collect();
    stem.trim_matches(['-', '.']).to_owned()
}

/// A stem with a mark of the original name.
fn marked(stem: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            hash.update([0]);
        }
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mark: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    match stem {
        "" => mark,
        _ => format!("{stem}-{mark}"),
    }
}

/// Whether a plain name ends like one with a mark.
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
        // Names that look like the changed form of other names.
        let made = students.clone();
        students.extend(
            made.iter()
                .map(|student| Student::named(&student.file_stem())),
        );
        students.extend(["1", "2"].map(|id| Student::known("a-b", Some(id), None)));
        students.extend(["a@x", "b@x"].map(|mail| Student::known("a b", None, Some(mail))));
        students.push(Student::known("a b", Some("1"), None).of(Ids::Canvas));
        students.push(Student::known("a b", Some("1"), None).of(Ids::Moodle));
        students.extend(["1", "2"].map(|number| Student::numbered("a b", number)));
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

    #[test]
    fn an_id_makes_one_whatever_the_name() {
        let ada = Student::known("Ada Lovelace", Some("7"), None).of(Ids::Canvas);
        let king = Student::known("Ada King", Some("7"), Some("a@x")).of(Ids::Canvas);
        assert_eq!(ada.identity(), king.identity());
        assert_eq!(ada.file_stem(), king.file_stem());
        let mail = |name, mail| Student::known(name, None, Some(mail));
        let (one, other) = (mail("Ada", "A@x.edu "), mail("A. L.", "a@x.edu"));
        assert_eq!(one.identity(), other.identity());
        assert_ne!(ada.clone().unclaimed().identity(), ada.identity());
    }

    #[test]
    fn what_looks_the_same_folds_to_the_same() {
        for (one, other) in [
            ("Zo\u{eb} L", "Zoe\u{308} l "),
            ("\u{fb01}n", "FIN"),
            ("a\u{a0} b", "A B"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("Zoë"), folded("Zoe"));
    }
}
