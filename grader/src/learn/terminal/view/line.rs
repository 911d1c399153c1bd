//! A line of the terminal, in pieces of one style each.

use anstyle::{AnsiColor, Style};

/// A piece of a line in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::learn::terminal) struct Span {
    pub(in crate::learn::terminal) text: String,
    pub(in crate::learn::terminal) style: Style,
}

/// A line; the terminal cuts off what is too long.
pub(in crate::learn::terminal) type Line = Vec<Span>;

pub(super) const PLAIN: Style = Style::new();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const BOLD: Style = Style::new().bold();

/// A piece of a line.
pub(super) fn span(text: impl Into<String>, style: Style) -> Span {
    Span {
        text: text.into(),
        style,
    }
}

/// A line without a style.
pub(super) fn plain(text: impl Into<String>) -> Line {
    vec![span(text, PLAIN)]
}

/// The lines, each wrapped if it is wider than the screen; continuations are indented
/// as far as the text of their line.
pub(super) fn wrapped(lines: Vec<Line>, width: usize) -> Vec<Line> {
    let mut broken = Vec::new();
    for line in lines {
        let long = line.iter().map(|span| length(&span.text)).sum::<usize>() > width;
        if !long || width < 20 {
            broken.push(line);
            continue;
        }
        let margin = margin(&line).min(width / 2);
        let mut now: Line = Vec::new();
        let mut used = 0;
        for Span { text, style } in line {
            for word in text.split_inclusive(' ') {
                let mut word = word;
                if used > margin && used + length(word.trim_end()) > width {
                    broken.push(std::mem::take(&mut now));
                    now.push(span(" ".repeat(margin), PLAIN));
                    used = margin;
                    word = word.trim_start();
                }
                // A space beyond the edge would be drawn over the last letter.
                if used + length(word) > width {
                    word = word.trim_end();
                }
                used += length(word);
                now.push(span(word, style));
            }
        }
        broken.push(now);
    }
    broken
}

/// The width in columns; text that a submission printed may be wider than its letters.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// Where the text of a line begins: after spaces, a mark or a number.
fn margin(line: &Line) -> usize {
    let first = line.first().map_or("", |span| &span.text);
    let before = |letter: &char| " ✓✗–>|.".contains(*letter) || letter.is_ascii_digit();
    first.chars().take_while(before).count()
}
