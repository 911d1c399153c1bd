//! JSON: an array of verdicts, as `verdict.rs` describes them.

use std::io::{self, Write};

use super::Report;
use crate::grade::verdict::Verdict;

/// Writes the array when all verdicts are known.
#[derive(Debug)]
pub struct Json;

impl Report for Json {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        let json = serde_json::to_string_pretty(verdicts)?;
        writeln!(out, "{}", escaped(&json))
    }
}

/// JSON of the same values in which all that a terminal obeys, or that reorders what is read, is
/// escaped: the format itself asks for that only below U+0020. It can stand in texts only.
pub(super) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\x7f'..='\u{9f}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            character => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_means_the_same() {
        let text = "a\u{9b}31m\u{7f}\u{202e}b\u{2066}é\u{2028}";
        let json = serde_json::to_string(text).expect("a text is JSON");
        let escaped = escaped(&json);
        assert_eq!(escaped, "\"a\\u009b31m\\u007f\\u202eb\\u2066é\\u2028\"");
        let read: String = serde_json::from_str(&escaped).expect("it is JSON");
        assert_eq!(read, text);
    }
}
