//! A line for whoever watches, on standard error.
//!
//! Its main function is [`say`]. Nothing depends on it: a reader who has gone, a full
//! disk or a terminal that was closed takes nothing from what is being done.

use std::io::Write;

/// Says one line. Where nobody can hear it, nothing happens.
pub fn say(text: &str) {
    // In one piece, so that lines of several programs do not mix.
    let line = format!("grader: {text}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}
