//! `book-builder COURSE [OUT]`: builds the book of the course in this folder, as `mdbook build`
//! does, into the folder that `book.toml` names or into `OUT`, which is emptied first.
//!
//! The grader starts it, and builds it when a book is first wanted: mdBook with all it brings is
//! a third of what would have to be compiled before the first verdict, and grading needs none
//! of it. It exits with 0, or with 1 and one line on standard error that says why.

use std::env;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::process::ExitCode;

use mdbook_driver::MDBook;

fn main() -> ExitCode {
    let mut folders = env::args_os().skip(1).map(PathBuf::from);
    let (course, out) = (folders.next(), folders.next());
    let why = match course {
        Some(course) => match build(course, out) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(why) => why,
        },
        None => "usage: book-builder COURSE [OUT]".to_owned(),
    };
    // Whoever started it sees at least the exit code.
    let _ = writeln!(stderr(), "{why}");
    ExitCode::FAILURE
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
