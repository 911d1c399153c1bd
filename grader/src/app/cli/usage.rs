//! The messages for mistyped commands: one line, like all other errors of the
//! program.

/// Puts clap's paragraphs about a mistake into one line: what is wrong, what may
/// have been meant, where to read on.
pub fn one_line(mistake: &clap::Error) -> String {
    let text = mistake.render().to_string();
    let said = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:"))
        .filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let mut whole = String::new();
    for line in said {
        let line = line.trim_start_matches("error: ");
        let between = match whole.as_str() {
            "" => "",
            // A list follows.
            so_far if so_far.ends_with(':') => " ",
            _ => "; ",
        };
        whole.push_str(between);
        whole.push_str(line.trim_start_matches("tip: "));
    }
    whole.push_str("; `cargo grader --help` shows what there is");
    whole.replace('\'', "`")
}

/// An error in one line: what failed, why, what to do. A cause that the text already
/// names is not repeated.
pub fn in_words(error: &anyhow::Error) -> String {
    let mut whole = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if whole.is_empty() {
            whole = cause;
        } else if !whole.contains(&cause) {
            whole.push_str(": ");
            whole.push_str(&cause);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::app::cli::Cli;

    fn said(words: &[&str]) -> String {
        let words = ["grader"].iter().chain(words);
        super::one_line(&Cli::try_parse_from(words).unwrap_err())
    }

    #[test]
    fn a_cause_is_told_once() {
        let cause = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let why = cause().to_string();
        let told = |error: anyhow::Error| super::in_words(&error);
        let whole = anyhow::Error::new(cause()).context(format!("no `a`: {why}; is it there?"));
        assert_eq!(told(whole), format!("no `a`: {why}; is it there?"));
        let parts = anyhow::Error::new(cause()).context("no `a`");
        assert_eq!(told(parts), format!("no `a`: {why}"));
    }

    #[test]
    fn a_mistake_is_said_in_one_line_with_what_was_meant() {
        assert_eq!(
            said(&["grad", "cache_race"]),
            "unrecognized subcommand `grad`; a similar subcommand exists: `grade`; `cargo grader --help` shows what there is"
        );
        assert_eq!(
            said(&["grade", "--seed", "x"]),
            "invalid value `x` for `--seed <N>`: invalid digit found in string; `cargo grader --help` shows what there is"
        );
    }

    #[test]
    fn what_is_missing_is_named_in_the_same_line() {
        assert_eq!(
            said(&["replay", "inflight_fix"]),
            "the following required arguments were not provided: <PATH>; <KEY>; `cargo grader --help` shows what there is"
        );
    }
}
