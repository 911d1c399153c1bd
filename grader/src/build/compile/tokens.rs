//! A look at the tokens of all that rustc read: `unsafe` is not taken, wherever it
//! stands, in macros and included files too.
//!
//! rustc is told to forbid unsafe code as well, but its lint does not know every
//! form, and the sandbox rests on this: what runs before `main` needs the word.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};

use play::text::one_line;

/// Why a crate in folder `dir` cannot be taken, by the files that `notes`, rustc's
/// list of what it read, names. `None` also when rustc never came to write them:
/// then there is no crate.
pub(super) fn refusal(dir: &Path, notes: &Path) -> io::Result<Option<String>> {
    let Ok(notes) = fs::read_to_string(notes) else {
        return Ok(None);
    };
    for path in files_read(&notes) {
        let shown = one_line(&path.to_string_lossy(), 200);
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        let Some(own) = path
            .strip_prefix(dir)
            .ok()
            .or(Some(&*path))
            .filter(|path| path.components().all(inside))
        else {
            return Ok(Some(format!(
                "it includes `{shown}`, which is not its own\n"
            )));
        };
        let bytes = fs::read(dir.join(own))?;
        if let Some((number, line)) = first_unsafe(&String::from_utf8_lossy(&bytes)) {
            let line = one_line(line, 200);
            return Ok(Some(format!(
                "{shown}:{number}: `unsafe` is not taken; no drill needs it\n\n{number:>5} | {line}\n"
            )));
        }
    }
    Ok(None)
}

/// The files of a dep-info file: rustc names each on a line of its own, as a target
/// without needs.
fn files_read(notes: &str) -> Vec<PathBuf> {
    let targets = notes.lines().filter(|line| !line.starts_with('#'));
    targets
        .filter_map(|line| line.strip_suffix(':'))
        .map(|path| PathBuf::from(path.replace("\\ ", " ")))
        .collect()
}

/// The line, counted from 1, on which the first token `unsafe` stands. rustc takes
/// a byte order mark and a first line that begins with `#!` for nothing, but not in
/// every place, so the text is read both ways.
fn first_unsafe(text: &str) -> Option<(usize, &str)> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let without_first_line = strip_shebang(bare).map(|length| &bare[length..]);
    let start = |part: &str| text.len() - part.len();
    let found = |part: &str| first_token(part).map(|at| start(part) + at);
    let at = found(bare).or_else(|| without_first_line.and_then(found))?;
    let number = text[..at].matches('\n').count() + 1;
    let line = text.split('\n').nth(number - 1).unwrap_or_default();
    Some((number, line.trim_end_matches('\r')))
}

/// Where the first token `unsafe` begins.
fn first_token(text: &str) -> Option<usize> {
    let mut at = 0;
    // What looks like a file's front matter is not, in a file that is included.
    tokenize(text, FrontmatterAllowed::No).find_map(|token| {
        let start = at;
        at += token.len as usize;
        let word = matches!(token.kind, TokenKind::Ident | TokenKind::ForcedKeywordIdent);
        (word && text[start..at].trim_start_matches("k#") == "unsafe").then_some(start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_counts_as_a_token_only() {
        let harmless = [
            "// unsafe\n/* unsafe */ /// unsafe\nfn f() {}",
            "const A: &str = \"unsafe\"; const B: &str = r#\"unsafe\"#; const C: &[u8] = b\"unsafe\";",
            "fn unsafe_code() {} fn r#unsafe() {} const D: char = 'u';",
            "#![forbid(unsafe_code)]",
        ];
        for text in harmless {
            assert_eq!(first_unsafe(text), None, "{text}");
        }
        let found = [
            "fn f() { unsafe {} }",
            "macro_rules! m { () => { unsafe { } } }",
            "#[unsafe(naked)] fn f() {}",
            "\"a\\\"b\";unsafe",
            "/* /* */ */unsafe impl S {}",
            "#[cfg(any())] unsafe fn f() {}",
            // Hidden from whoever reads the first line, or not.
            "#!/bin/x /*\nfn f() { unsafe {} }\n//*/",
            "\u{feff}#!/bin/x /*\nfn f() { unsafe {} }\n//*/",
            "---\nunsafe { 1 }\n---1",
        ];
        for text in found {
            assert!(first_unsafe(text).is_some(), "{text}");
        }
        assert_eq!(
            first_unsafe("a\n\n  unsafe { b }\nc"),
            Some((3, "  unsafe { b }"))
        );
    }

    /// Pieces of Rust text that begin, end or hide other tokens.
    const PIECES: [&str; 16] = [
        "unsafe",
        "unsafe_code",
        "r#",
        "k#",
        "#",
        "\"",
        "'",
        "r#\"",
        "\"#",
        "/*",
        "*/",
        "//",
        "\n",
        " ",
        "\\",
        "\u{feff}",
    ];

    proptest::proptest! {
        #[test]
        fn any_text_has_the_word_or_not(text: String, pieces in proptest::collection::vec(0..16usize, 0..24)) {
            let pieces: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
            for text in [&text, &pieces] {
                if let Some((number, line)) = first_unsafe(text) {
                    proptest::prop_assert!(number >= 1 && text.contains("unsafe"));
                    proptest::prop_assert!(text.contains(line));
                }
                let _ = files_read(text);
            }
            // Whatever stands before it, the word at the end of a new file's line counts.
            let lines = format!("fn f() {{}}\nunsafe {text}");
            proptest::prop_assert_eq!(first_unsafe(&lines).map(|found| found.0), Some(2));
        }
    }

    #[test]
    fn files_are_those_rustc_names() {
        let notes =
            "out/a.d: src/lib.rs src/a\\ b.rs\n\nsrc/lib.rs:\nsrc/a\\ b.rs:\n\n# env-dep:X\n";
        let files: Vec<PathBuf> = files_read(notes);
        assert_eq!(
            files,
            [PathBuf::from("src/lib.rs"), PathBuf::from("src/a b.rs")]
        );
    }
}
