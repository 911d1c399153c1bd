//! What is wrong with a file in TOML, with the line it stands in.

use play::text::one_line;

/// What the parser calls a type, and what it is called here.
const TYPES: [(&str, &str); 4] = [
    ("expected u32", "expected a whole number from 0 on"),
    ("expected u64", "expected a whole number from 0 on"),
    ("expected f64", "expected a number"),
    ("expected a map", "expected a table"),
];

/// What the parser complains of in `text`.
pub fn told(text: &str, error: &toml::de::Error) -> String {
    let mut message = one_line(error.message(), 300);
    for (theirs, ours) in TYPES {
        message = message.replace(theirs, ours);
    }
    // The names of our own types say nothing.
    if let Some((said, _)) = message.split_once("expected struct ") {
        message = format!("{said}expected a table");
    }
    let Some(span) = error.span() else {
        return message;
    };
    let number = line_at(text.as_bytes().get(..span.start).unwrap_or_default());
    let line = text.lines().nth(number - 1).unwrap_or_default();
    match one_line(line.trim(), 80) {
        line if line.is_empty() => format!("line {number}: {message}"),
        line => format!("line {number}, `{line}`: {message}"),
    }
}

/// A file's text, or in which line it is none.
///
/// # Errors
/// When it is not UTF-8.
pub fn text_of(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(|error| {
        let line = line_at(&bytes[..error.valid_up_to()]);
        format!("line {line} is not UTF-8; save the file as UTF-8")
    })
}

/// The number of the line that comes after the last line break, from 1 on.
fn line_at(before: &[u8]) -> usize {
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Exercise;

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let right = "title = \"T\"\ngoal = \"G\"\nminutes = 5\n";
        for (text, words) in [
            (
                format!("{right}titel = 3"),
                "line 4, `titel = 3`: unknown field `titel`",
            ),
            (
                right.replace("5", "-5"),
                "line 3, `minutes = -5`: invalid value: integer `-5`, expected a whole number from 0 on",
            ),
            (format!("limits = 3\n{right}"), "expected a table"),
            (format!("{right}minutes = 6"), "line 4"),
            (
                "goal = \"G\"\nminutes = 5".to_owned(),
                "missing field `title`",
            ),
        ] {
            let error = toml::from_str::<Exercise>(&text).expect_err(&text);
            let said = told(&text, &error);
            assert!(said.contains(words), "{text}: {said}");
        }
        let latin = text_of(b"title = \"T\"\ngoal = \"caf\xe9\"").expect_err("it is Latin-1");
        assert_eq!(latin, "line 2 is not UTF-8; save the file as UTF-8");
    }
}
