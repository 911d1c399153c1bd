//! The shape of a submission: what is left without names, comments and layout.
//!
//! Its main function is [`of`]. Two submissions of one shape are the same work or a
//! copy with other names; people must decide whether that means anything.

#[cfg(test)]
mod compared;
mod javascript;
mod python;
mod rust;
mod scanner;

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::build::submission::Submission;
use crate::course::language::Language;

/// A token that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// A name that somebody chose.
    Name(&'a str),
    /// Anything else, as it is written.
    Fixed(&'a str),
}

/// A hash over the tokens of every file, in the order of their paths. Each name
/// counts as the number of the place where it was first met, so that renaming
/// changes nothing, and mixing two names up does.
pub fn of(submission: &Submission) -> String {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut hash = Sha256::new();
    for (path, text) in submission.files() {
        // Some editors begin a file with an invisible mark that no language counts.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for piece in pieces(path, text) {
            match piece {
                Piece::Name(word) => {
                    let next = names.len();
                    let number = *names.entry(word).or_insert(next);
                    hash.update(b"#");
                    hash.update(number.to_le_bytes());
                }
                Piece::Fixed(word) => {
                    hash.update((word.len() as u64).to_le_bytes());
                    hash.update(word);
                }
            }
        }
        hash.update([0]);
    }
    let digest = hash.finalize();
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What counts of a file, by the language that its ending says.
fn pieces<'a>(path: &str, text: &'a str) -> Vec<Piece<'a>> {
    match Language::of_file(path) {
        Language::Rust => rust::pieces(text),
        Language::Python => python::pieces(text),
        Language::Node => javascript::pieces(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        shape_as("lib.rs", text)
    }

    /// The shape of a file of that name.
    fn shape_as(name: &str, text: &str) -> String {
        let folder = tempfile::tempdir().expect("there is space");
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("it is ours");
        of(&Submission::read(&path).expect("it is a submission"))
    }

    #[test]
    fn names_comments_and_layout_do_not_count() {
        let one = shape("fn sum(a: u8, b: u8) -> u8 { a + b } // adds");
        let two = shape("/* mine */\nfn plus(x: u8,\n  y: u8) -> u8 {\n    x + y\n}\n");
        assert_eq!(one, two);
    }

    #[test]
    fn a_byte_order_mark_does_not_count() {
        let plain = shape("fn sum(a: u8, b: u8) -> u8 { a + b }");
        let marked = shape("\u{feff}fn sum(a: u8, b: u8) -> u8 { a + b }");
        assert_eq!(plain, marked);
        // Anywhere else it is not such a mark: rustc refuses it.
        assert_ne!(plain, shape("fn sum(a: u8, b: u8) -> u8 { \u{feff}a + b }"));
    }

    #[test]
    fn what_is_done_counts() {
        let sum = shape("fn f(a: u8, b: u8) -> u8 { a + b }");
        for other in [
            "fn f(a: u8, b: u8) -> u8 { a - b }",
            "fn f(a: u8, b: u8) -> u8 { b + a }",
            "fn f(a: u8, b: u8) -> u8 { a + a }",
            "fn f(a: u8, b: u8) -> u8 { a + 1 }",
            "pub fn f(a: u8, b: u8) -> u8 { a + b }",
        ] {
            assert_ne!(sum, shape(other), "{other}");
        }
    }

    #[test]
    fn a_copy_in_python_is_found_whatever_its_comments_and_names_are() {
        let one = "import asyncio\n\nclass UserCache:\n    def __init__(self, db):\n        self.db = db  # it's mine\n";
        let two = "import asyncio\nclass UserCache:\n  \"\"\"What it is.\"\"\"\n  # Other words, \"quoted\n  def __init__(me, base):\n\n    me.db = (base)\n";
        let two = two.replace("me.db = (base)", "me.db = base");
        // `db` was a name of two things; in the copy these are two names.
        let one = one.replace("self.db", "self.rows");
        assert_eq!(shape_as("a.py", &one), shape_as("b.py.txt", &two));
        assert_ne!(
            shape_as("a.py", &one),
            shape_as("a.py", &one.replace("= db", "= self"))
        );
    }

    /// Pieces of text that begin, end or hide other tokens.
    const PIECES: [&str; 20] = [
        "a", "f\"", "'", "\"\"\"", "`", "${", "{", "}", "(", ")", "/", "*", "\\", "#", "\n", "  ",
        "1e", "r'", ":", "é",
    ];

    proptest::proptest! {
        #[test]
        fn any_text_has_a_shape(text: String, pieces in proptest::collection::vec(0..20usize, 0..40)) {
            let made: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
            for text in [&text, &made] {
                for path in ["a.py", "a.mjs", "a.rs"] {
                    let _ = super::pieces(path, text);
                }
            }
        }
    }
}
