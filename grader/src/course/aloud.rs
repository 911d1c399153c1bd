//! Lines for a person at the terminal, on standard error.
//!
//! Its main function is [`say`]. Nothing depends on it: when the reader is gone, the
//! disk is full or the terminal closed, the work goes on.

use std::io::{IsTerminal, Write};

/// Writes one line. A failure to write is ignored.
pub fn say(text: &str) {
    // Written in one piece, so that lines of several programs do not mix.
    let line = format!("grader: {text}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// Whether standard error is a terminal on which a line can be drawn anew.
pub fn redraws() -> bool {
    std::io::stderr().is_terminal() && !is_dumb()
}

/// Whether terminals here only go on, from line to line.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}
