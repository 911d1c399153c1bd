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

/// The same for a submission that is one interpreted `file`: the last of its lines that the
/// text names, which is where the error came from.
pub(super) fn place_in(
    diagnostics: &str,
    file: &std::path::Path,
    editor: Option<&Editor>,
) -> Vec<Place> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let names_line = |line: &str| {
        let quoted = line.split_once(&format!("\"{name}\", line "));
        let plain = line.split_once(&format!("{name}:"));
        let rest = quoted.or(plain)?.1;
        let end = rest.find(|letter: char| !letter.is_ascii_digit());
        rest[..end.unwrap_or(rest.len())].parse::<u32>().ok()
    };
    let at = diagnostics.lines().filter_map(names_line).next_back();
    let said = |line: &&str| {
        let (word, _) = line.split_once(':').unwrap_or_default();
        word.ends_with("Error") && !word.contains(' ')
    };
    let mut lines = diagnostics.lines().filter(|line| !line.trim().is_empty());
    let message = lines.clone().rfind(said).or_else(|| lines.next_back());
    let Some(message) = message else {
        return Vec::new();
    };
    vec![Place {
        open: editor.zip(at).map(|(editor, at)| editor.link(file, at, 1)),
        file: at.map(|_| name.into_owned()),
        line: at,
        column: at.map(|_| 1),
        message: one_line(message, 300),
    }]
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
    fn an_interpreter_names_its_last_own_line_and_the_error() {
        let file = Path::new("/course/exercises/a/python/a.py");
        let told = |text: &str| {
            let found = place_in(text, file, None);
            let told = |place: Place| (place.file, place.line, place.message);
            found.into_iter().map(told).collect::<Vec<_>>()
        };
        let at = |line, message: &str| (Some("a.py".to_owned()), Some(line), message.to_owned());
        let traceback = "Traceback (most recent call last):\n  File \"a.py\", line 2, in <module>\n    f()\n\
            \x20 File \"a.py\", line 7, in f\n    import socket\nModuleNotFoundError: `socket` cannot be imported here\n";
        assert_eq!(
            told(traceback),
            [at(
                7,
                "ModuleNotFoundError: `socket` cannot be imported here"
            )]
        );
        let syntax =
            "  File \"a.py\", line 3\n    def x(:\n          ^\nSyntaxError: invalid syntax\n";
        assert_eq!(told(syntax), [at(3, "SyntaxError: invalid syntax")]);
        let node = "a.py:4\n  let let = 1;\n      ^^^\n\nSyntaxError: let is disallowed\n    at wrap (a)\n";
        assert_eq!(told(node), [at(4, "SyntaxError: let is disallowed")]);
        let missing = "`a.py` has no class `UserCache`, which the drill calls";
        assert_eq!(told(missing), [(None, None, missing.to_owned())]);
        let elsewhere = "  File \"/etc/b.py\", line 3\nValueError: x";
        assert_eq!(told(elsewhere), [(None, None, "ValueError: x".to_owned())]);
        assert_eq!(told(""), []);
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
