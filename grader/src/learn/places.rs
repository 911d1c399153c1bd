//! The places where rustc or the grader found something wrong, read from the text of a
//! verdict, for links that open them in an editor.

use serde::Serialize;

use super::editor::Editor;
use play::text::one_line;

/// The most places listed; the text has them all.
const MOST: usize = 20;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, from the crate's folder; `None` if it is not one of the learner's files.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The column, counted from 1.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// The link that opens the place in an editor.
    pub open: Option<String>,
}

/// The errors in a verdict's text, for the crate in folder `dir` of the course.
pub(super) fn places(
    diagnostics: &str,
    crate_dir: &std::path::Path,
    editor: Option<&Editor>,
) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for line in diagnostics.lines() {
        if let Some(message) = message(line) {
            if places.len() == MOST {
                break;
            }
            places.push(Place {
                file: None,
                line: None,
                column: None,
                message: one_line(message, 300),
                open: None,
            });
        } else if let Some((file, at, column)) = location(line)
            && let Some(place) = places.last_mut().filter(|place| place.file.is_none())
        {
            let path = crate_dir.join(&file);
            place.open = editor.map(|editor| editor.link(&path, at, column));
            (place.file, place.line, place.column) = (Some(file), Some(at), Some(column));
        }
    }
    // A refusal of the grader's own: `src/lib.rs:3: what`.
    if places.is_empty()
        && let Some((place, message)) = diagnostics.lines().next().and_then(refusal)
    {
        let (file, at) = place;
        places.push(Place {
            open: editor.map(|editor| editor.link(&crate_dir.join(&file), at, 1)),
            file: Some(file),
            line: Some(at),
            column: Some(1),
            message: one_line(message, 300),
        });
    }
    // rustc's last line counts its errors.
    places.retain(|place| {
        place.file.is_some()
            || !(place.message.starts_with("aborting due to")
                || place.message.starts_with("could not compile"))
    });
    places
}

/// The message in an error's first line.
fn message(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("error")?;
    match rest.strip_prefix('[') {
        Some(coded) => Some(coded.split_once("]: ")?.1),
        None => rest.strip_prefix(": "),
    }
}

/// The place a line of rustc's points to, if it is in the learner's crate.
fn location(line: &str) -> Option<(String, u32, u32)> {
    let line = line.trim_start();
    let place = line
        .strip_prefix("--> ")
        .or_else(|| line.strip_prefix("::: "))?;
    let (rest, column) = place.trim_end().rsplit_once(':')?;
    let (file, at) = rest.rsplit_once(':')?;
    let own = is_own(file).then(|| file.to_owned())?;
    Some((own, at.parse().ok()?, column.parse().ok()?))
}

fn refusal(line: &str) -> Option<((String, u32), &str)> {
    let (place, message) = line.split_once(": ")?;
    let (file, at) = place.rsplit_once(':')?;
    is_own(file).then_some(((file.to_owned(), at.parse().ok()?), message))
}

/// A file below the crate's `src`, by a path that cannot lead out of it.
fn is_own(file: &str) -> bool {
    file.strip_prefix("src/").is_some_and(|rest| {
        let part = |part: &str| !part.is_empty() && part != "." && part != "..";
        rest.split('/').all(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn told(text: &str) -> Vec<(Option<String>, Option<u32>, String)> {
        let found = places(text, Path::new("/course/exercises/a"), None);
        found
            .into_iter()
            .map(|place| (place.file, place.line, place.message))
            .collect()
    }

    #[test]
    fn each_error_has_its_own_place() {
        let text = "error[E0425]: cannot find value `x` in this scope\n --> src/lib.rs:12:9\n   |\n\
            12 |     x\n   |     ^ not found\n\nerror: expected `;`\n  --> src/more.rs:3:1\n\n\
            error: aborting due to 2 previous errors\n\nFor more information\n";
        let own = |file: &str, line, message: &str| {
            (Some(file.to_owned()), Some(line), message.to_owned())
        };
        assert_eq!(
            told(text),
            [
                own("src/lib.rs", 12, "cannot find value `x` in this scope"),
                own("src/more.rs", 3, "expected `;`"),
            ]
        );
    }

    #[test]
    fn what_the_drill_asks_for_is_pointed_to_in_the_learner_s_file_if_anywhere() {
        let text = "the crate compiles, but does not offer what the drill asks for:\n\n\
            error[E0308]: mismatched types\n  --> contract.rs:5:3\n   |\nnote: method defined here\n  --> src/lib.rs:9:12\n";
        let found = told(text);
        assert_eq!(found[0].0.as_deref(), Some("src/lib.rs"));
        let nowhere = told("error[E0432]: unresolved import\n --> contract.rs:5:3\n");
        assert_eq!(nowhere, [(None, None, "unresolved import".to_owned())]);
    }

    #[test]
    fn a_refusal_of_the_grader_has_a_place_as_well() {
        let found = told("src/lib.rs:3: `unsafe` is not taken; no drill needs it\n\n    3 | x\n");
        let message = "`unsafe` is not taken; no drill needs it".to_owned();
        assert_eq!(found, [(Some("src/lib.rs".to_owned()), Some(3), message)]);
    }

    #[test]
    fn no_path_leads_out_of_the_crate() {
        for file in ["/etc/passwd", "src/../../x.rs", "src//x.rs", "../src/x.rs"] {
            let found = told(&format!("error: a\n --> {file}:1:1\n"));
            assert_eq!(found, [(None, None, "a".to_owned())], "{file}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text: String, rest: String) {
            for place in told(&format!("error: a\n --> src/{rest}\n{text}")) {
                let _ = place;
            }
        }
    }
}
