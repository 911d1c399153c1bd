//! The arguments of `learn`, `book` and `update-check`.

use std::path::PathBuf;

use clap::Args;

/// Serve the book on this machine and grade a drill whenever it is saved
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo learn                            the book on http://127.0.0.1:3000/
  cargo learn --open                     and in the browser
  cargo learn --port 8080
  cargo learn --editor vscode            links in the page open your editor

Keys, in a terminal: n next, l list, h hint, p replay, r reset, o open, q quit.")]
pub struct Learn {
    /// The port [default: 3000, or the next free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,

    /// Open the book in the browser
    #[arg(long)]
    pub open: bool,

    /// How the page opens your editor: code, codium, cursor, zed, idea, … or `none`, or
    /// a link like `vscode://file{path}:{line}` [default: found out from the environment]
    #[arg(
        long,
        value_name = "NAME",
        env = "LEARN_EDITOR",
        hide_env_values = true
    )]
    pub editor: Option<String>,
}

/// Build the book
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader book                      into target/book
  cargo grader book --out /srv/book")]
pub struct Book {
    /// The folder to write to, emptied first [default: target/book]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Say which drills' stubs have changed since you began
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader update-check              after you have updated the course
  cargo grader update-check --accept     the stubs are fine as they are now

Your files are never touched.")]
pub struct UpdateCheck {
    /// Take the current stubs as the ones you began with
    #[arg(long)]
    pub accept: bool,
}
