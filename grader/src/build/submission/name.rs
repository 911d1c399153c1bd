//! Names chosen by a stranger: which may be used, which are ignored, and how any of them may be printed.
//!
//! [`EntryName`] is a path inside a submission, its names joined by `/`, whatever system wrote it. A name that
//! could lead outside says so in [`EntryName::trouble`] and must never be used; an unused name does no harm.
//! [`plain_file_name`] rewrites a lone file's own name.

use std::borrow::Cow;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Longer names are refused; the longest path most systems take in one call is 1,024 or 4,096 bytes.
const LONGEST: usize = 1_024;

/// Longer names are cut short in messages.
const LONGEST_SHOWN: usize = 200;

/// Folders that tools leave behind beside a crate. A module may have such a name too.
const BESIDE_SRC: [&str; 2] = ["target", "node_modules"];

/// A path inside a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryName {
    path: String,
    folder: bool,
    trouble: Option<&'static str>,
}

impl EntryName {
    /// Takes `raw` apart. Windows' separator counts everywhere: PowerShell writes it into archives, and
    /// unpacking those elsewhere makes it a letter of a name.
    pub(super) fn parse(raw: &[u8]) -> EntryName {
        let long = raw.len() > LONGEST;
        let text = decoded(&raw[..raw.len().min(LONGEST)]);
        let text = match text.contains('\\') {
            true => Cow::from(text.replace('\\', "/")),
            false => text,
        };
        let last = text.rsplit('/').next().unwrap_or_default();
        let folder = matches!(last, "" | ".");
        let trouble = match () {
            () if long => Some("a name of over 1,024 bytes"),
            () if text.contains('\0') => Some("a name with a NUL in it"),
            () if text.starts_with('/') => Some("an absolute path"),
            () if matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic()) => {
                Some("a path with a drive letter")
            }
            () if text.split('/').any(|part| part == "..") => Some("a path that climbs with `..`"),
            () if text.contains(char::is_control) => Some("a name with a control character"),
            () => None,
        };
        let parts = text.split('/').filter(|part| !matches!(*part, "" | "."));
        EntryName {
            path: parts.collect::<Vec<_>>().join("/"),
            folder,
            trouble,
        }
    }

    /// With `/` between names, and none at either end.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether it ends as only a folder's name does. Old tars mark folders in no other way.
    pub(super) fn is_folder(&self) -> bool {
        self.folder
    }

    /// Why nothing may be taken from it or put under it.
    pub(super) fn trouble(&self) -> Option<&'static str> {
        self.trouble
    }

    /// Whether tools left it behind, so that it is ignored: hidden files (`._lib.rs`, Emacs' `.#lib.rs`, which is a
    /// link), `__MACOSX/`, and cargo's `target/`, which holds hard links. A module may be called `target` too.
    pub(super) fn is_litter(&self) -> bool {
        let outside_src = self.path.split('/').take_while(|part| *part != "src");
        let mut parts = self.path.split('/');
        parts.any(|part| (part.starts_with('.') && part != "..") || part == "__MACOSX")
            || outside_src
                .into_iter()
                .any(|part| BESIDE_SRC.contains(&part))
    }
}

/// A name as text. Names that are not UTF-8 were written by DOS or Windows in an unknown code page. Read in the
/// zip format's default one, two names stay two, and everything that matters to Rust is ASCII.
fn decoded(raw: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(raw) {
        Ok(text) => Cow::from(text),
        Err(_) => Cow::from(oem_cp::decode_string_complete_table(
            raw,
            &oem_cp::code_table::DECODING_TABLE_CP437,
        )),
    }
}

/// A lone file's name as a file name that is safe on any command line: ASCII, no leading `-` or `.`, ends with `.rs`.
pub(super) fn plain_file_name(name: &str) -> String {
    let stem = match name
        .len()
        .checked_sub(3)
        .and_then(|at| name.split_at_checked(at))
    {
        Some((stem, suffix)) if suffix.eq_ignore_ascii_case(".rs") => stem,
        _ => name,
    };
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' => c,
        _ => '_',
    };
    let stem: String = stem.chars().map(plain).take(64).collect();
    match stem.trim_start_matches(['-', '.']) {
        "" => "lib.rs".to_owned(),
        stem => format!("{stem}.rs"),
    }
}

/// Any bytes as one short printable line: control and invisible characters and what isn't UTF-8 are escaped.
pub(super) fn shown(raw: &[u8]) -> String {
    let mut text = String::new();
    for chunk in raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                // Names are put in backticks, so a backtick in one must not break the pair.
                '`' => text.push_str("\\u{60}"),
                '\'' | '"' | '\\' => text.push(c),
                _ => text.extend(c.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
        if let Some((end, _)) = text.char_indices().nth(LONGEST_SHOWN) {
            text.truncate(end);
            text.push('…');
            break;
        }
    }
    text
}

/// The path of a submission, made printable.
pub(super) fn shown_path(path: &Path) -> String {
    shown(path.as_os_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(raw: &[u8]) -> &'static str {
        EntryName::parse(raw)
            .trouble()
            .expect("it is no plain name")
    }

    #[test]
    fn a_path_that_could_leave_says_so() {
        assert_eq!(why(b"/etc/passwd"), "an absolute path");
        assert_eq!(why(b"//host/x.rs"), "an absolute path");
        assert_eq!(why(b"\\\\host\\x.rs"), "an absolute path");
        assert_eq!(why(b".."), "a path that climbs with `..`");
        assert_eq!(why(b"src/../../x.rs"), "a path that climbs with `..`");
        assert_eq!(why(b"src\\..\\x.rs"), "a path that climbs with `..`");
        assert_eq!(why(b"src/.."), "a path that climbs with `..`");
        assert_eq!(why(b"C:/lib.rs"), "a path with a drive letter");
        assert_eq!(why(b"c:lib.rs"), "a path with a drive letter");
        assert_eq!(why(b"src/lib.rs\0.txt"), "a name with a NUL in it");
        assert_eq!(why(b"src/a\nb.rs"), "a name with a control character");
        assert_eq!(why(&[b'a'; 1_025]), "a name of over 1,024 bytes");
    }

    #[test]
    fn a_name_of_any_code_page_is_text_and_two_stay_two() {
        let path = |raw: &[u8]| EntryName::parse(raw).path().to_owned();
        assert_eq!(path("Übung/lib.rs".as_bytes()), "Übung/lib.rs");
        assert_eq!(path(b"\x9abung/lib.rs"), "Übung/lib.rs");
        let all: std::collections::BTreeSet<String> =
            (0x80..=0xff).map(|byte| path(&[byte, 0xff])).collect();
        assert_eq!(all.len(), 128);
        // The second byte of a character of Shift JIS may be Windows' separator.
        assert!(path(b"\x95\x5c/src/lib.rs").ends_with("/src/lib.rs"));
    }

    #[test]
    fn a_plain_path_loses_only_what_says_nothing() {
        for (raw, path, folder) in [
            ("src/lib.rs", "src/lib.rs", false),
            ("./src//lib.rs", "src/lib.rs", false),
            ("src/./a..b.rs", "src/a..b.rs", false),
            ("src/", "src", true),
            ("src/lib.rs/.", "src/lib.rs", true),
            ("./", "", true),
            ("", "", true),
            ("src\\a\\b.rs", "src/a/b.rs", false),
            ("src\\", "src", true),
        ] {
            let name = EntryName::parse(raw.as_bytes());
            assert_eq!((name.path(), name.is_folder()), (path, folder), "{raw}");
            assert_eq!(name.trouble(), None, "{raw}");
        }
    }

    #[test]
    fn what_tools_leave_behind_is_litter_and_a_module_is_not() {
        for (raw, litter) in [
            ("src/._lib.rs", true),
            ("__MACOSX/src/lib.rs", true),
            (".DS_Store", true),
            ("hw/.git/config", true),
            ("target/debug/build.rs", true),
            ("hw/target/src/lib.rs", true),
            ("src/target/mod.rs", false),
            ("hw/src/target.rs", false),
            ("src/lib.rs", false),
        ] {
            let name = EntryName::parse(raw.as_bytes());
            assert_eq!(name.is_litter(), litter, "{raw}");
        }
    }

    #[test]
    fn a_lone_file_gets_a_name_any_command_line_takes() {
        for (name, plain) in [
            ("lib.rs", "lib.rs"),
            ("HW1.RS", "HW1.rs"),
            ("-Clinker=evil.rs", "Clinker_evil.rs"),
            ("../x y.rs", "_x_y.rs"),
            ("été.rs", "_t_.rs"),
            (".rs", "lib.rs"),
            ("é", "_.rs"),
            ("", "lib.rs"),
        ] {
            assert_eq!(plain_file_name(name), plain);
        }
        assert_eq!(plain_file_name(&"x".repeat(300)).len(), 64 + ".rs".len());
    }

    #[test]
    fn a_shown_name_is_one_short_printable_line() {
        assert_eq!(shown(b"src/it's.rs"), "src/it's.rs");
        assert_eq!(shown(b"a\n::error::b"), "a\\n::error::b");
        assert_eq!(shown(b"\x1b[31m"), "\\u{1b}[31m");
        assert_eq!(shown("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(shown(b"a`b\xff"), "a\\u{60}b\\xff");
        assert_eq!(shown(&[b'a'; 999]).chars().count(), LONGEST_SHOWN + 1);
        assert_eq!(shown(&[0xff; 999]).chars().count(), LONGEST_SHOWN + 1);
    }
}
