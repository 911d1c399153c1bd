//! `book-builder COURSE [OUT]`: builds the book of the course in this folder, as `mdbook build`
//! does, into the folder that `book.toml` names or into `OUT`, which is emptied first.
//!
//! The grader starts it, and builds it when a book is first wanted: mdBook with all it brings is
//! a quarter of what would have to be compiled before the first verdict, and grading needs none
//! of it. It exits with 0, or with 1 and one line on standard error that says why.
//!
//! `book-builder --sources` prints the texts that it was compiled from, so that a copy that is
//! older than its course is known.

use std::env;
use std::io::{self, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use mdbook_driver::MDBook;

/// What it was compiled from, besides the crates that the first of them names.
const SOURCES: [&str; 3] = [
    include_str!("../../../Cargo.lock"),
    include_str!("../Cargo.toml"),
    include_str!("main.rs"),
];

fn main() -> ExitCode {
    if env::args_os()
        .nth(1)
        .is_some_and(|first| first == "--sources")
    {
        return match sources() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let mut folders = env::args_os().skip(1).map(PathBuf::from);
    let (course, out) = (folders.next(), folders.next());
    let why = match course {
        Some(course) => match build(course, out) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(why) => why,
        },
        None => "usage: book-builder COURSE [OUT]".to_owned(),
    };
    // If that cannot be written, the exit code has to say it.
    let _ = writeln!(stderr(), "{why}");
    ExitCode::FAILURE
}

fn sources() -> io::Result<()> {
    let mut out = stdout().lock();
    for text in SOURCES {
        out.write_all(text.as_bytes())?;
    }
    out.flush()
}

fn build(course: PathBuf, out: Option<PathBuf>) -> Result<(), String> {
    let built = || {
        let mut book = MDBook::load(course)?;
        if let Some(out) = out {
            book.config.build.build_dir = out;
        }
        book.build()
    };
    built().map_err(|error| format!("{error:#}"))
}
