//! Text that came from a submission, made fit to show.

/// `text` without control characters: each but newlines and tabs becomes its
/// visible picture. No line of the result is a command to a build server either.
pub fn printable(text: &str) -> String {
    let picture = |character: char| match character {
        '\n' | '\t' => character,
        '\0'..='\x1f' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' => '\u{fffd}',
        // Marks that reorder what a reader sees.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        character => character,
    };
    let text: String = text.chars().map(picture).collect();
    // GitHub Actions obeys `::command::` at the start of a line and
    // `##[command]` anywhere; Azure obeys the latter.
    let text = text.replace("##[", "# #[").replace("##vso[", "# #vso[");
    let lines = text.split('\n').map(|line| {
        let words = line.trim_start();
        match words.strip_prefix("::") {
            Some(rest) => format!("{}∷{rest}", &line[..line.len() - words.len()]),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// `text` in which a place in a crate or in the standard library begins with its name:
/// `futures-util/src/lib.rs` and not the folders that it lies in on this machine.
pub fn without_folders(text: &str) -> String {
    let words = text.split_inclusive([' ', '(']).map(|word| {
        let after = |mark: &str, folders: usize| {
            let (_, rest) = word.split_once(mark)?;
            rest.splitn(folders + 1, '/').nth(folders)
        };
        if let Some(rest) = after("/library/", 0) {
            return rest.to_owned();
        }
        let place = after("/registry/src/", 1).or_else(|| after("/git/checkouts/", 2));
        let named = place.and_then(|place| place.split_once('/'));
        match named {
            Some((name, rest)) => format!("{}/{rest}", without_version(name)),
            None => word.to_owned(),
        }
    });
    words.collect()
}

/// `futures-util` of `futures-util-0.3.31`.
fn without_version(name: &str) -> &str {
    let is_version = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    match name.rsplit_once('-') {
        Some((crate_name, version)) if is_version(version) => crate_name,
        _ => name,
    }
}

/// One line of at most `limit` characters.
pub fn one_line(text: &str, limit: usize) -> String {
    // The shown text is never shorter than its source, so the rest need not be read.
    let end = text.char_indices().nth(limit.saturating_add(1));
    let beginning = &text[..end.map_or(text.len(), |(end, _)| end)];
    let line: String = printable(beginning).replace(['\n', '\t'], " ");
    if line.chars().count() <= limit {
        return line;
    }
    let cut: String = line.chars().take(limit).collect();
    format!("{cut}…")
}

/// At most `limit` bytes of a text that is fit to show, cut at the end of a line
/// if there is one. A cut is marked.
pub fn excerpt(text: &str, limit: usize) -> String {
    const CUT: &str = "… (cut short)";
    if text.len() <= limit {
        return text.to_owned();
    }
    let kept = &text[..text.floor_char_boundary(limit.saturating_sub(CUT.len() + 1))];
    let kept = kept.rsplit_once('\n').map_or(kept, |(lines, _)| lines);
    match kept {
        "" => CUT.to_owned(),
        kept => format!("{kept}\n{CUT}"),
    }
}

/// The name in `known` that `typed` was probably meant to be.
pub fn closest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(typed, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

/// A number of things in words: `1 request`, `2 requests`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

/// Whether a name contains a drill's slug in whole words: as all of it (but for a
/// number, as a second hand-in has) or as a part.
pub fn slug_in(name: &str, slug: &str) -> Option<bool> {
    // However many spaces stand between two words, and where none do.
    let close = |text: &str| {
        let words = words(text);
        let all = words.split('_').filter(|word| !word.is_empty());
        all.map(str::to_owned).collect::<Vec<_>>()
    };
    let parts = close(slug);
    let (slug, joined) = (parts.join("_"), parts.concat());
    let name = close(name).into_iter();
    let name = name.map(|word| if word == joined { slug.clone() } else { word });
    let name = name.collect::<Vec<_>>().join("_");
    let (before, after) = name.split_once(&*slug)?;
    let ends = |text: &str, end: Option<char>| text.is_empty() || end == Some('_');
    let apart = ends(before, before.chars().last()) && ends(after, after.chars().next());
    let is_number = |letter: char| letter == '_' || letter.is_ascii_digit();
    apart.then(|| before.is_empty() && after.chars().all(is_number))
}

/// A name written like a slug: its words in lower case, joined by `_`.
pub fn words(name: &str) -> String {
    let letter = |letter: char| {
        if letter.is_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    name.to_lowercase().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_crate_is_told_without_the_folders_of_this_machine() {
        let told = [
            (
                "no (/home/ada/.cargo/registry/src/index-0/futures-util-0.3.31/src/a.rs:4)",
                "no (futures-util/src/a.rs:4)",
            ),
            (
                "no (/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/cell.rs:9)",
                "no (core/src/cell.rs:9)",
            ),
            (
                "no (/home/a/.cargo/git/checkouts/moka-1a2b/9f8e7d/src/lib.rs:1)",
                "no (src/lib.rs:1)",
            ),
            ("no (src/lib.rs:24)", "no (src/lib.rs:24)"),
            ("an index / a registry", "an index / a registry"),
        ];
        for (text, expected) in told {
            let shown = without_folders(text);
            assert!(
                shown.ends_with(expected.rsplit('(').next().unwrap()),
                "{shown}"
            );
            assert!(!shown.contains(".cargo"), "{shown}");
        }
    }

    #[test]
    fn terminal_escapes_become_pictures() {
        assert_eq!(printable("a\x1b[31mb\r\n\u{202e}c"), "a␛[31mb␍\n\u{fffd}c");
    }

    #[test]
    fn commands_to_a_build_server_become_words() {
        let text = "::error file=a::b\n  \t::add-mask::x\nstd::fs ##[set-env name=A]b";
        let shown = "∷error file=a::b\n  \t∷add-mask::x\nstd::fs # #[set-env name=A]b";
        assert_eq!(printable(text), shown);
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_fit_to_show(text: String, limit in 0..50usize) {
            let shown = printable(&text);
            let control = |character: char| character.is_control() && !"\n\t".contains(character);
            proptest::prop_assert!(!shown.contains(control));
            proptest::prop_assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")));
            proptest::prop_assert_eq!(printable(&shown), shown.clone());
            proptest::prop_assert!(one_line(&text, limit).chars().count() <= limit + 1);
        }
    }

    #[test]
    fn long_text_becomes_one_short_line() {
        assert_eq!(one_line("a\nb", 10), "a b");
        assert_eq!(one_line("a\nb", usize::MAX), "a b");
        assert_eq!(one_line("abc", 3), "abc");
        assert_eq!(one_line("abcdef", 3), "abc…");
    }

    #[test]
    fn an_excerpt_ends_with_a_line_and_says_so() {
        assert_eq!(excerpt("short", 5), "short");
        let lines = "a line\nanother line\na third one";
        assert_eq!(excerpt(lines, 29), "a line\n… (cut short)");
        assert_eq!(excerpt("ééééééééééééééé", 25), "éééé\n… (cut short)");
    }

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let known = ["cache_race", "inflight_fix", "offload"];
        assert_eq!(closest("cache_rac", known), Some("cache_race"));
        assert_eq!(closest("inflght_fix", known), Some("inflight_fix"));
        assert_eq!(closest("zebra", known), None);
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(count(1, "request", "requests"), "1 request");
        assert_eq!(count(0, "request", "requests"), "0 requests");
    }
}
