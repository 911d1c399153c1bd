//! `new`: begins a drill, and says what comes next.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::app::cli::New;
use crate::authors::scaffold::{beginning_in, scaffold};
use crate::course::Course;
use play::text::one_line;

pub(super) fn run(course: &Course, args: &New) -> Result<Exit> {
    let title = match &args.title {
        Some(title) => one_line(title, 80),
        None => title_of(&args.slug),
    };
    let files = scaffold(course, &args.slug, &title, beginning_in(&args.world)?)?;
    let mut out = anstream::stdout();
    for file in files {
        writeln!(out, "wrote {}", file.display())?;
    }
    writeln!(
        out,
        "\nNow:\n  cargo grader audit {0}    what it still lacks\n  CONTRIBUTING.md{1:width$}the order to work in",
        args.slug,
        "",
        width = args.slug.len() + 8,
    )?;
    Ok(Exit::Passed)
}

/// `read_through` as a title.
fn title_of(slug: &str) -> String {
    let mut letters = slug.replace('_', " ").chars().collect::<Vec<char>>();
    if let Some(first) = letters.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    letters.into_iter().collect()
}
