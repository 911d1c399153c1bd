//! `book`: builds the site.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::app::cli::Book;
use crate::build::progress::Audience;
use crate::course::Course;
use crate::learn::book;

pub(super) fn run(course: &Course, args: &Book) -> Result<Exit> {
    let out = match &args.out {
        Some(out) => std::env::current_dir()?.join(out),
        // `./test`, and people who publish the book, look there.
        None => course.root().join("target/book"),
    };
    let program = book::Program::get(course, Audience::Terminal)?;
    program.build(course, Some(&out))?;
    let shown = out.join("index.html");
    writeln!(anstream::stdout(), "the book is in `{}`", shown.display())?;
    Ok(Exit::Passed)
}
