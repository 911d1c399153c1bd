//! The shape of a submission: what is left without names, comments and layout.
//!
//! Its main function is [`of`]. Two submissions of one shape are the same work or a
//! copy with other names; people must decide whether that means anything.

use std::collections::HashMap;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};
use sha2::{Digest, Sha256};

use crate::build::submission::Submission;

/// A hash over the tokens of every file, in the order of their paths. Each name
/// counts as the number of the place where it was first met, so that renaming
/// changes nothing, and mixing two names up does.
pub fn of(submission: &Submission) -> String {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut hash = Sha256::new();
    for text in submission.files().values() {
        // Some editors begin a file with an invisible mark that rustc ignores.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut at = 0;
        for token in tokenize(text, FrontmatterAllowed::No) {
            let word = &text[at..at + token.len as usize];
            at += token.len as usize;
            match token.kind {
                TokenKind::Whitespace
                | TokenKind::LineComment { .. }
                | TokenKind::BlockComment { .. } => {}
                TokenKind::Ident | TokenKind::RawIdent if !is_keyword(word) => {
                    let next = names.len();
                    let number = *names.entry(word).or_insert(next);
                    hash.update(b"#");
                    hash.update(number.to_le_bytes());
                }
                _ => {
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

/// Words that no renaming can touch.
fn is_keyword(word: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "Self", "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else",
        "enum", "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod",
        "move", "mut", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
        "true", "type", "unsafe", "use", "where", "while", "yield",
    ];
    KEYWORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        let folder = tempfile::tempdir().expect("there is space");
        let path = folder.path().join("lib.rs");
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
}
