//! Whether a submission is written by hand: without the types that do a drill's work for it.
//! It reads names in the source and decides no check: the line it adds has no points.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use crate::build::submission::Submission;

/// Whether the code names none of `ready_made`; `None` where there is nothing of the kind.
/// A name in capitals is a type, any other one a method. A name that the code itself defines
/// is its own work.
pub(super) fn is_by_hand(submission: &Submission, ready_made: &[&str]) -> Option<bool> {
    if ready_made.is_empty() {
        return None;
    }
    let texts: Vec<Vec<&str>> = submission.files().values().map(|it| words(it)).collect();
    let uses = |name: &str| {
        let is_type = name.starts_with(char::is_uppercase);
        let pairs = || texts.iter().flat_map(|words| words.windows(2));
        let defines = ["struct", "enum", "type", "union", "trait", "fn"];
        let is_own = pairs().any(|pair| pair[1] == name && defines.contains(&pair[0]));
        !is_own && pairs().any(|pair| pair[1] == name && (is_type || pair[0] == "."))
    };
    Some(!ready_made.iter().any(|name| uses(name)))
}

/// Everything in a text but comments, spaces and literals.
fn words(text: &str) -> Vec<&str> {
    let mut at = 0;
    let words = tokenize(text, FrontmatterAllowed::No).filter_map(|token| {
        let word = &text[at..at + token.len as usize];
        at += token.len as usize;
        let says_nothing = matches!(
            token.kind,
            TokenKind::LineComment { .. }
                | TokenKind::BlockComment { .. }
                | TokenKind::Whitespace
                | TokenKind::Literal { .. }
        );
        (!says_nothing).then_some(word)
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["OnceCell", "Shared", "shared"];

    fn judged(text: &str) -> Option<bool> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        std::fs::write(&file, text).unwrap();
        is_by_hand(&Submission::read(&file).unwrap(), &NAMES)
    }

    #[test]
    fn a_ready_made_type_is_seen_however_it_is_named() {
        for text in [
            "use tokio::sync::OnceCell;",
            "fn f() { let cell = tokio::sync::OnceCell::new(); }",
            "use futures::future::Shared;",
            "fn f() { let both = fetch.shared(); }",
            "fn f() { let both = fetch\n    // all of them\n    .shared(); }",
        ] {
            assert_eq!(judged(text), Some(false), "{text}");
        }
    }

    #[test]
    fn words_in_comments_and_names_of_one_s_own_are_not_ready_made() {
        for text in [
            "// without a OnceCell\nuse tokio::sync::watch;",
            "const WHY: &str = \"no OnceCell\";",
            "struct Shared { rows: u8 }\nfn f(it: Shared) {}",
            "fn f(shared: u8) -> u8 { shared }",
            "",
        ] {
            assert_eq!(judged(text), Some(true), "{text}");
        }
    }

    #[test]
    fn a_drill_without_ready_made_types_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        std::fs::write(&file, "use tokio::sync::OnceCell;").unwrap();
        assert_eq!(is_by_hand(&Submission::read(&file).unwrap(), &[]), None);
    }
}
