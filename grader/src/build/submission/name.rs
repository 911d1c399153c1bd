//! Names chosen by a stranger: which of them may be used, which are looked past, and how any may be printed.
//!
//! [`EntryName`] is a path inside a submission that can't leave it: relative, `/` only, no `.`, `..` or NUL.
//! Names that could mean something else elsewhere are refused, never mended, save for a lone file's own
//! name, which [`plain_file_name`] rewrites.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::error::Fault;

/// Longer names are refused; the longest path most systems take in one call is 1,024 or 4,096 bytes.
const LONGEST: usize = 1_024;

/// Longer names are cut short in messages.
const LONGEST_SHOWN: usize = 200;

/// A path inside a submission that stays inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryName {
    path: String,
    folder: bool,
}

impl EntryName {
    /// Takes `raw` apart and refuses what isn't a plain relative path.
    pub(super) fn parse(raw: &[u8]) -> Result<EntryName, Fault> {
        let refused = |why| {
            Err(Fault::BadName {
                name: shown(raw),
                why,
            })
        };
        if raw.len() > LONGEST {
            return refused("a name of over 1,024 bytes");
        }
        let Ok(text) = str::from_utf8(raw) else {
            return refused("a name that is not UTF-8");
        };
        if text.contains('\0') {
            return refused("a name with a NUL in it");
        }
        if text.contains('\\') {
            return refused("a name with a backslash");
        }
        if text.starts_with('/') {
            return refused("an absolute path");
        }
        if matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic()) {
            return refused("a path with a drive letter");
        }
        if text.split('/').any(|part| part == "..") {
            return refused("a path that climbs with `..`");
        }
        let last = text.rsplit('/').next().unwrap_or_default();
        let folder = matches!(last, "" | ".");
        // Only where it would be used: a Mac's folder icon is a file named `Icon\r`.
        if !folder && last.ends_with(".rs") && text.contains(char::is_control) {
            return refused("a name with a control character");
        }
        let parts = text.split('/').filter(|part| !matches!(*part, "" | "."));
        Ok(EntryName {
            path: parts.collect::<Vec<_>>().join("/"),
            folder,
        })
    }

    /// With `/` between names, and none at either end.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether it ends as only a folder's name does. Old tars mark folders by nothing else.
    pub(super) fn is_folder(&self) -> bool {
        self.folder
    }

    pub(super) fn is_rust(&self) -> bool {
        !self.folder && self.path.ends_with(".rs")
    }

    /// What tools leave behind, looked past whatever it is: hidden files (`._lib.rs`, Emacs' `.#lib.rs`, which is a
    /// link), `__MACOSX/`, and cargo's `target/`, which holds hard links. A module may be called `target` too.
    pub(super) fn is_litter(&self) -> bool {
        let outside_src = self.path.split('/').take_while(|part| *part != "src");
        let mut parts = self.path.split('/');
        parts.any(|part| part.starts_with('.') || part == "__MACOSX")
            || outside_src.into_iter().any(|part| part == "target")
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
                // Names stand in backticks, which so always pair.
                '`' => text.push_str("\\u{60}"),
                '\'' | '"' => text.push(c),
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
        match EntryName::parse(raw) {
            Err(Fault::BadName { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_path_that_could_leave_is_refused() {
        assert_eq!(why(b"/etc/passwd"), "an absolute path");
        assert_eq!(why(b"//host/x.rs"), "an absolute path");
        assert_eq!(why(b".."), "a path that climbs with `..`");
        assert_eq!(why(b"src/../../x.rs"), "a path that climbs with `..`");
        assert_eq!(why(b"src/.."), "a path that climbs with `..`");
        assert_eq!(why(b"src\\lib.rs"), "a name with a backslash");
        assert_eq!(why(b"C:/lib.rs"), "a path with a drive letter");
        assert_eq!(why(b"c:lib.rs"), "a path with a drive letter");
        assert_eq!(why(b"src/lib.rs\0.txt"), "a name with a NUL in it");
        assert_eq!(why(b"src/\xff.rs"), "a name that is not UTF-8");
        assert_eq!(why(b"src/a\nb.rs"), "a name with a control character");
        assert_eq!(why(&[b'a'; 1_025]), "a name of over 1,024 bytes");
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
            ("Icon\r", "Icon\r", false),
        ] {
            let name = EntryName::parse(raw.as_bytes()).unwrap();
            assert_eq!((name.path(), name.is_folder()), (path, folder), "{raw}");
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
            let name = EntryName::parse(raw.as_bytes()).unwrap();
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
