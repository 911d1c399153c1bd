//! Looks at the tokens of all files that rustc read, and refuses `unsafe`
//! anywhere, also in macros and included files. Code for tests only is not
//! compiled, so it is passed over where that is beyond doubt: see `tests_only`.
//!
//! rustc is told to forbid unsafe code as well, but its lint does not know every
//! form, and the sandbox rests on this: code that runs before `main` needs the word.

mod tests_only;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};

use play::text::one_line;

/// Without one of these words, only Rust files that `mod` names become code. They
/// belong to the macro `include!` and the attribute `#[path]`.
const NAMES_CODE: [&str; 2] = ["include", "path"];

/// Why a crate in folder `dir` cannot be taken, judged by the files in `notes`,
/// rustc's list of what it read. Also `None` if rustc never wrote the list: then
/// there is no crate.
pub(super) fn refusal(dir: &Path, notes: &Path) -> io::Result<Option<String>> {
    let Ok(notes) = fs::read_to_string(notes) else {
        return Ok(None);
    };
    let mut texts = Vec::new();
    for path in files_read(&notes) {
        let shown = one_line(&path.to_string_lossy(), 200);
        let Some(own) = own(dir, &path) else {
            return Ok(Some(format!(
                "it includes `{shown}`, which is not its own\n"
            )));
        };
        let bytes = fs::read(dir.join(&own))?;
        let is_rust = own.extension().is_some_and(|ending| ending == "rs");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        texts.push((shown, is_rust, text));
    }
    let rust = || texts.iter().filter(|(_, is_rust, _)| *is_rust);
    let may_be_code = rust().any(|(_, _, text)| {
        let mut words = NAMES_CODE.into_iter();
        words.any(|word| readings(text).into_iter().any(|part| has(part, word)))
    });
    for (shown, is_rust, text) in &texts {
        if !is_rust && !may_be_code {
            continue;
        }
        if let Some((number, line)) = first_unsafe(text) {
            let line = one_line(line, 200);
            return Ok(Some(format!(
                "{shown}:{number}: `unsafe` is not taken; no drill needs it\n\n{number:>5} | {line}\n"
            )));
        }
    }
    Ok(None)
}

/// A file's path relative to `dir`, if it lies there. There are no links that could lead out of it.
pub(super) fn own(dir: &Path, path: &Path) -> Option<PathBuf> {
    let mut own = PathBuf::new();
    for part in path.strip_prefix(dir).unwrap_or(path).components() {
        match part {
            Component::Normal(name) => own.push(name),
            Component::CurDir => {}
            Component::ParentDir if own.pop() => {}
            _ => return None,
        }
    }
    Some(own)
}

/// The same text with `gen` as a name, as before edition 2024; `None` if the text
/// does not contain the word.
pub(super) fn with_gen_as_a_name(text: &str) -> Option<String> {
    if !text.contains("gen") {
        return None;
    }
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut changed = text[..text.len() - bare.len()].to_owned();
    let (mut at, mut before, mut found) = (0, TokenKind::Eof, false);
    for token in tokenize(bare, FrontmatterAllowed::No) {
        let word = &bare[at..at + token.len as usize];
        at += token.len as usize;
        // A macro's own variable may have any name.
        if token.kind == TokenKind::Ident && word == "gen" && before != TokenKind::Dollar {
            changed.push_str("r#");
            found = true;
        }
        changed.push_str(word);
        before = token.kind;
    }
    found.then_some(changed)
}

/// The files of a dep-info file: rustc names each on a line of its own, as a target
/// without prerequisites, and once more as a prerequisite of what it wrote. Either counts: a
/// name may look like something else, but not in both places.
fn files_read(notes: &str) -> BTreeSet<PathBuf> {
    // A space in a name has a backslash before it, so no name looks like this.
    let lines = || notes.lines().filter(|line| !line.starts_with("# "));
    let targets = lines().filter_map(|line| line.strip_suffix(':'));
    let of_rules = lines().filter_map(|line| line.split_once(": "));
    let prerequisites = of_rules.flat_map(|(_, names)| names_of(names));
    targets
        .map(|name| name.replace("\\ ", " "))
        .chain(prerequisites)
        .map(PathBuf::from)
        .collect()
}

/// The names between the spaces that have no backslash before them.
fn names_of(names: &str) -> Vec<String> {
    // No name has this character.
    let names = names.replace("\\ ", "\0");
    let all = names.split(' ').filter(|name| !name.is_empty());
    all.map(|name| name.replace('\0', " ")).collect()
}

/// The line, counted from 1, of the first token `unsafe` that may be compiled.
fn first_unsafe(text: &str) -> Option<(usize, &str)> {
    let start = |part: &str| text.len() - part.len();
    let found = |part: &str| first_token(part).map(|at| start(part) + at);
    let at = readings(text).into_iter().find_map(found)?;
    let number = text[..at].matches('\n').count() + 1;
    let line = text.split('\n').nth(number - 1).unwrap_or_default();
    Some((number, line.trim_end_matches('\r')))
}

/// rustc ignores a byte order mark and a first line that begins with `#!`, but not
/// everywhere, so a text is read both ways.
fn readings(text: &str) -> Vec<&str> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let without_first_line = strip_shebang(bare).map(|length| &bare[length..]);
    std::iter::once(bare).chain(without_first_line).collect()
}

/// Where the first token `unsafe` begins, outside of code for tests only.
fn first_token(text: &str) -> Option<usize> {
    let mut found = places(text, "unsafe").peekable();
    found.peek()?;
    let passed_over = tests_only::parts(text);
    found.find(|at| !passed_over.iter().any(|part| part.contains(at)))
}

/// Whether a word is a token of the text, as itself or written as a raw name.
fn has(text: &str, word: &str) -> bool {
    places(text, word).next().is_some() || places(text, &format!("r#{word}")).next().is_some()
}

/// Where a word begins as a token.
fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut at = 0;
    // In an included file, text that looks like front matter is code.
    tokenize(text, FrontmatterAllowed::No).filter_map(move |token| {
        let start = at;
        at += token.len as usize;
        let is_word = matches!(
            token.kind,
            TokenKind::Ident | TokenKind::RawIdent | TokenKind::ForcedKeywordIdent
        );
        (is_word && text[start..at].trim_start_matches("k#") == word).then_some(start)
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
            "fn f() {}\n#[cfg(test)]\nmod tests { unsafe {} }\nfn g() {}",
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
            // Hidden or not, depending on how the first line is read.
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
            // Whatever comes before it, the word at the end of a new line counts.
            let lines = format!("fn f() {{}}\nunsafe {text}");
            proptest::prop_assert_eq!(first_unsafe(&lines).map(|found| found.0), Some(2));
        }
    }

    /// The reason why a crate with these sources is refused, if it is.
    fn refused(files: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().expect("there is space");
        let mut notes = String::new();
        for (name, text) in files {
            let path = folder.path().join(name.replace("src/../", ""));
            fs::create_dir_all(path.parent().expect("it is below")).expect("it is ours");
            fs::write(path, text).expect("it is ours");
            notes.push_str(&format!("{name}:\n"));
        }
        fs::write(folder.path().join("notes.d"), notes).expect("it is ours");
        refusal(folder.path(), &folder.path().join("notes.d")).expect("it can be read")
    }

    #[test]
    fn a_text_that_cannot_become_code_may_say_anything() {
        let readme = ("src/../README.md", "This is unsafe.");
        let text = (
            "src/lib.rs",
            "const A: &str = include_str!(\"../README.md\");",
        );
        assert_eq!(refused(&[text, readme]), None);
        for code in [
            "include!(\"../README.md\");",
            "use std::include as text; text!(\"../README.md\");",
            "std::r#include!(\"../README.md\");",
            "#[path = \"../README.md\"] mod a;",
            "#[cfg_attr(all(), path = \"../README.md\")] mod a;",
            "#!/bin/x /*\ninclude!(\"../README.md\");//*/",
        ] {
            assert!(refused(&[("src/lib.rs", code), readme]).is_some(), "{code}");
        }
        // A Rust file is code, however it is read.
        assert!(refused(&[text, ("src/a.rs", "unsafe {}")]).is_some());
    }

    #[test]
    fn what_lies_elsewhere_is_not_its_own() {
        let dir = Path::new("/job");
        assert_eq!(own(dir, Path::new("src/../a")), Some("a".into()));
        assert_eq!(
            own(dir, Path::new("/job/src/./lib.rs")),
            Some("src/lib.rs".into())
        );
        for path in ["../a", "src/../../a", "/etc/passwd", "/jobs/a", "/job/../a"] {
            assert_eq!(own(dir, Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn a_name_that_became_a_keyword_is_a_name() {
        let changed = |text| with_gen_as_a_name(text);
        assert_eq!(
            changed("let gen = 1; x.gen(gen)").as_deref(),
            Some("let r#gen = 1; x.r#gen(r#gen)")
        );
        for text in [
            "let gene = 1;",
            "\"gen\" // gen",
            "r#gen",
            "macro_rules! m { ($gen:ident) => { $gen } }",
            "'gen: loop {}",
        ] {
            assert_eq!(changed(text), None, "{text}");
        }
        assert_eq!(
            changed("\u{feff}fn gen() {}").as_deref(),
            Some("\u{feff}fn r#gen() {}")
        );
    }

    #[test]
    fn files_are_those_rustc_names() {
        let notes =
            "out/a.d: src/lib.rs src/a\\ b.rs\n\nsrc/lib.rs:\nsrc/a\\ b.rs:\n\n# env-dep:X\n";
        let files = |notes| {
            let files = files_read(notes).into_iter();
            files
                .map(|path| path.display().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(files(notes), ["src/a b.rs", "src/lib.rs"]);
        // Names that look like a comment, like a rule, or like two names.
        let odd = "out/a.d: src/lib.rs #x #d/y.rs a: a:\\ b c\\ d\\ e\n\n#x:\n#d/y.rs:\n";
        let found = ["#d/y.rs", "#x", "a:", "a: b", "c d e", "src/lib.rs"];
        assert_eq!(files(odd), found);
        assert_eq!(files("#x:\n#\\ checksum:y:\n"), ["# checksum:y", "#x"]);
    }

    #[test]
    fn a_name_that_looks_like_a_comment_is_read_as_well() {
        let code = ("src/lib.rs", "include!(\"#x\");");
        assert!(refused(&[code, ("#x", "#[unsafe(naked)] fn f() {}")]).is_some());
        assert!(refused(&[code, ("#d/x.rs", "unsafe {}")]).is_some());
    }
}
