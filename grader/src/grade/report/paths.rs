//! Places in a text (`src/lib.rs:23:5`) as a terminal makes links of them: by a path from where the reader is.

/// `text` with what `path` makes of each Rust file in it that stands before a line's number; where it makes nothing
/// of one, the file stays as it is.
pub fn clickable(text: &str, path: impl Fn(&str) -> Option<String>) -> String {
    const END: &str = ".rs:";
    let mut made = String::new();
    let mut told = 0;
    for (at, _) in text.match_indices(END) {
        let is_of_path = |letter: char| letter.is_alphanumeric() || "_-./\\".contains(letter);
        let before = &text[told..at];
        let begin = before.trim_end_matches(is_of_path).len();
        let file = &text[told + begin..at + END.len() - 1];
        let numbered = text[at + END.len()..].starts_with(|letter: char| letter.is_ascii_digit());
        if let Some(path) = (numbered && leads_in(file)).then(|| path(file)).flatten() {
            made += &before[..begin];
            made += &path;
            told = at + END.len() - 1;
        }
    }
    made + &text[told..]
}

/// Whether the file is named from the crate's folder, by a path that cannot lead out of it.
fn leads_in(file: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    !file.contains('\\') && file.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_the_exercise(text: &str) -> String {
        clickable(text, |file| {
            file.starts_with("src/")
                .then(|| format!("exercises/a/{file}"))
        })
    }

    #[test]
    fn places_are_told_from_where_the_reader_is() {
        for (text, expected) in [
            ("  --> src/lib.rs:23:5", "  --> exercises/a/src/lib.rs:23:5"),
            (
                "not yet implemented (src/lib.rs:15)",
                "not yet implemented (exercises/a/src/lib.rs:15)",
            ),
            (
                "src/lib.rs:3: no\nsrc/b/c.rs:1",
                "exercises/a/src/lib.rs:3: no\nexercises/a/src/b/c.rs:1",
            ),
            (
                "`{async block@src/lib.rs:10:33: 10:43}`",
                "`{async block@exercises/a/src/lib.rs:10:33: 10:43}`",
            ),
        ] {
            assert_eq!(in_the_exercise(text), expected);
        }
    }

    #[test]
    fn what_is_no_place_of_the_submission_stays_as_it_is() {
        for text in [
            "contract.rs:5:3",
            "/src/lib.rs:5:3",
            "../src/lib.rs:5",
            "src/../src/lib.rs:5",
            "/rustc/abc/library/core/src/lib.rs:5",
            "src/lib.rs: no line",
            "cargo/registry/src/tokio-1.54.1/src/task/spawn.rs:174:4",
            "C:\\src\\lib.rs:5",
            ".rs:5",
            "",
        ] {
            assert_eq!(in_the_exercise(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text: String) {
            let text = format!("{text}.rs:1 {text}/b.rs:2");
            assert_eq!(clickable(&text, |_| None), text);
            let _ = in_the_exercise(&text);
        }
    }
}
