//! `new`: begins a drill, and says what comes next.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;

use super::Exit;
use crate::app::cli::New;
use crate::authors::mirror;
use crate::authors::scaffold::{beginning_in, language, scaffold};
use crate::course::Course;
use play::text::one_line;

pub(super) fn run(course: &Course, args: &New) -> Result<Exit> {
    let title = match &args.title {
        Some(title) => one_line(title, 80),
        None => title_of(&args.slug),
    };
    let files = begin(course, args, &title)?;
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

/// The drill, if there is none yet, and its part in the language that is asked for.
fn begin(course: &Course, args: &New, title: &str) -> Result<Vec<PathBuf>> {
    let slug = &args.slug;
    let is_there = mirror::slugs(course).contains(slug);
    let Some(language) = args.language.filter(|it| !it.is_rust()) else {
        return Ok(scaffold(course, slug, title, beginning_in(&args.world)?)?);
    };
    let world = language::world_of(slug).unwrap_or(&args.world);
    let beginning = beginning_in(world)?;
    // Before anything is written.
    let part = language::part_in(language, beginning)?;
    let mut files = match is_there {
        true => Vec::new(),
        false => scaffold(course, slug, title, beginning)?,
    };
    for file in language::add(course, slug, part, beginning)? {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    Ok(files)
}

/// `read_through` as a title.
fn title_of(slug: &str) -> String {
    let mut letters = slug.replace('_', " ").chars().collect::<Vec<char>>();
    if let Some(first) = letters.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    letters.into_iter().collect()
}
