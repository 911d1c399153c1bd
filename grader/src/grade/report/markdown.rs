//! Markdown: a page for students, a step summary, a file in a repository.
//!
//! Text that a submission may have influenced is in a code block or a code span,
//! where none of it is a link, an image or HTML.

use std::io::{self, Write};

use super::{Report, words};
use crate::grade::verdict::{CheckStatus, Verdict};
use play::text::{excerpt, one_line, printable};

/// The longest code block, in bytes.
const LONGEST: usize = 16 << 10;

/// Writes one page for all verdicts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Markdown {
    /// The most bytes that are written; verdicts beyond that are counted. `None`: no limit.
    pub limit: Option<usize>,
}

impl Report for Markdown {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        let mut left = self.limit.unwrap_or(usize::MAX);
        for (number, verdict) in verdicts.iter().enumerate() {
            let heading = format!("{}: {}", verdict.drill, words::summary(verdict));
            let path = span(&one_line(&verdict.submission, 200));
            let text = format!(
                "# {}\n\nHanded in: {path}\n\n{}",
                inline(&one_line(&heading, 200)),
                section(verdict, 2)
            );
            if text.len() > left {
                let more = verdicts.len() - number;
                return writeln!(out, "There is no space for {more} more.");
            }
            left -= text.len();
            out.write_all(text.as_bytes())?;
        }
        Ok(())
    }
}

/// Everything about a verdict, with headings of this level.
pub(crate) fn section(verdict: &Verdict, level: usize) -> String {
    let mut text = String::new();
    if let Some(reason) = words::reason(verdict, LONGEST) {
        text.push_str(&block(&reason));
        return text;
    }
    if !verdict.checks.is_empty() {
        text.push_str("| | check | points |\n|---|---|---:|\n");
        for check in &verdict.checks {
            let mark = mark(check.status);
            let title = inline(&words::title(check));
            let (points, most) = (check.points, check.max_points);
            text.push_str(&format!("| {mark} | {title} | {points}/{most} |\n"));
        }
        text.push('\n');
    }
    let unseen = words::unseen_points(verdict);
    if unseen > 0 {
        text.push_str(&format!(
            "{unseen} points are for checks that are not shown.\n\n"
        ));
    }
    let heading = "#".repeat(level);
    for check in &verdict.checks {
        let silent = check.message.is_empty() && check.timeline.is_empty();
        if check.status == CheckStatus::Passed || silent {
            continue;
        }
        let title = inline(&words::title(check));
        let told = block(&words::of_check(&verdict.drill, check, LONGEST));
        let mark = mark(check.status);
        text.push_str(&format!("{heading} {mark} {title}\n\n{told}"));
    }
    if !verdict.output.trim().is_empty() {
        let output = printable(verdict.output.trim_end());
        let output = block(&excerpt(&output, LONGEST));
        text.push_str(&format!("{heading} What it printed\n\n{output}"));
    }
    text
}

fn mark(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Passed => "✓",
        CheckStatus::Failed => "✗",
        CheckStatus::Skipped => "–",
    }
}

/// Text in which only `code` in backticks is Markdown.
pub(crate) fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // With an odd backtick, none of them means code.
        return escaped(text);
    }
    let code = |(number, part): (usize, &&str)| match number % 2 {
        1 if !part.trim().is_empty() => format!("`{}`", part.replace('|', "\\|")),
        1 => escaped(&format!("`{part}`")),
        _ => escaped(part),
    };
    parts.iter().enumerate().map(code).collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let within = letters
            .peek()
            .is_some_and(|next| next.is_ascii_alphanumeric());
        let is_part_of_a_word = letter == '_' && before.is_ascii_alphanumeric() && within;
        if "\\`*_[]<>&|~!$#".contains(letter) && !is_part_of_a_word {
            escaped.push('\\');
        }
        escaped.push(letter);
        before = letter;
    }
    // Markdown turns bare addresses into links.
    escaped
        .replace("://", ":\\//")
        .replace("www.", "www\\.")
        .replace("WWW.", "WWW\\.")
}

/// One line in a code span.
pub(crate) fn span(line: &str) -> String {
    let fence = "`".repeat(longest_run(line) + 1);
    match line.trim() {
        // An empty span does not exist.
        "" => String::new(),
        // A space keeps its backticks apart from the span's own; it is not shown.
        _ if line.contains('`') => format!("{fence} {line} {fence}"),
        _ => format!("{fence}{line}{fence}"),
    }
}

/// Lines in a code block.
pub(crate) fn block(text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    format!("{fence}text\n{}\n{fence}\n\n", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter| letter != '`').map(str::len);
    runs.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_a_title_stays_code_and_nothing_else_is_markdown() {
        assert_eq!(inline("`stampede` counts"), "`stampede` counts");
        assert_eq!(inline("a `b"), "a \\`b");
        assert_eq!(inline("cache_race _x_"), "cache_race \\_x\\_");
        assert_eq!(
            inline("<b> [x](http://y) *z* ![i](j) `a|b`"),
            "\\<b\\> \\[x\\](http:\\//y) \\*z\\* \\!\\[i\\](j) `a\\|b`"
        );
    }

    #[test]
    fn no_text_ends_its_code() {
        assert_eq!(span("a``b"), "``` a``b ```");
        assert_eq!(span("ada.rs"), "`ada.rs`");
        assert_eq!(
            block("```\n# x\n````"),
            "`````text\n```\n# x\n````\n`````\n\n"
        );
    }
}
