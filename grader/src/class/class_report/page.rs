//! `report.html`: one page that needs nothing else, neither another file nor the
//! network nor a script.
//!
//! All text goes through `text.rs` and is escaped by the template. Everything that a
//! picture shows is also in a table beside it.

mod drawings;
mod drill;
mod figure;
mod tables;

use std::io::{self, Write};
use std::path::Path;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::names::Names;
use super::statistics::Statistics;
use crate::class::batch::class::{Class, Line};
use crate::grade::report::words;
use crate::grade::verdict::Status;
use play::text::one_line;

/// The book's stylesheet; its palette is this page's too.
const BOOK: &str = include_str!("../../../../book/theme/between.css");
/// This page's own styles.
const OWN: &str = include_str!("page/report.css");

/// Nothing is loaded and no script runs, whatever got into the page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The page's audience.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    /// The teacher, who sees everybody.
    Teacher {
        /// The file names of the students' pages.
        names: &'a Names,
        /// Where the hand-ins lie in the course's folder, if they do.
        folder: Option<&'a Path>,
    },
    /// The class: nobody is named, and no text of a submission that may name
    /// somebody is shown.
    Class,
}

/// Writes the page for a class.
pub(super) fn write(
    class: &Class<'_>,
    statistics: &Statistics,
    shown: Shown<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    // The palette is everything before the first rule for an element.
    let palette = BOOK.split("*, *::before").next().unwrap_or_default();
    let frame = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { "A class, graded" }
                style { (PreEscaped(palette)) (PreEscaped(OWN)) }
            }
            body {
                main {
                    h1 { "A class, graded" }
                    (tables::later())
                }
            }
        }
    };
    tables::around(frame, out, |out| {
        out.write_all(overview(class, statistics, shown).0.as_bytes())?;
        for drill in 0..class.drills.len() {
            let section = drill::section(class, statistics, drill, shown)?;
            out.write_all(section.0.as_bytes())?;
        }
        let Shown::Teacher { names, .. } = shown else {
            return Ok(());
        };
        out.write_all(tables::slowest(class, statistics)?.0.as_bytes())?;
        tables::not_graded(class, out)?;
        tables::changes(class, statistics, out)?;
        tables::everybody(class, names, out)
    })
}

/// A line of the course's own text, with its code as code.
fn line(text: &str) -> Markup {
    let text = one_line(text, 500);
    let parts: Vec<&str> = text.split('`').collect();
    html! {
        @if parts.len().is_multiple_of(2) { (text) }
        @else {
            @for (number, part) in parts.iter().enumerate() {
                @if number % 2 == 1 { code { (part) } } @else { (part) }
            }
        }
    }
}

fn overview(class: &Class<'_>, statistics: &Statistics, shown: Shown<'_>) -> Markup {
    let students = class.everybody().count();
    let named = matches!(shown, Shown::Teacher { .. });
    let graders: Vec<&str> = statistics.graders.iter().map(String::as_str).collect();
    let sandboxes: Vec<&str> = statistics.sandboxes.iter().copied().collect();
    let statuses = [
        Status::Passed,
        Status::Failed,
        Status::Crashed,
        Status::TimedOut,
        Status::CompileError,
        Status::Rejected,
        Status::InfraError,
    ];
    let all = |status: Status| {
        let of_it = class.lines.iter();
        of_it.filter(|line| line.status == status).count()
    };
    let count = |drill: usize, status: Status| {
        let of_it = class.of_drill(drill);
        of_it.filter(|line| line.status == status).count()
    };
    let met: Vec<Status> = statuses
        .into_iter()
        .filter(|status| all(*status) > 0)
        .collect();
    html! {
        p.lead {
            (students) (if students == 1 { " student, " } else { " students, " })
            (class.lines.len()) (if class.lines.len() == 1 { " submission." } else { " submissions." })
            @if !graders.is_empty() {
                " Grader " (graders.join(", ")) "; sandbox " (sandboxes.join(", ")) "."
            }
        }
        nav aria-label="On this page" {
            ul {
                @for drill in &class.drills {
                    li { a href={ "#" (drill::anchor(drill)) } { (one_line(&drill.exercise.title, 100)) } }
                }
                @if named { li { a href="#slowest" { "The slowest" } } }
                @if named && class.lines.iter().any(Line::machine_failed) { li { a href="#not-graded" { "Not graded" } } }
                @if named && !statistics.changed.is_empty() { li { a href="#changes" { "What changed" } } }
                @if named { li { a href="#everybody" { "Everybody" } } }
            }
        }
        (tables::scrolling("How the submissions ended", html! {
            thead { tr {
                th scope="col" { "drill" }
                @for status in &met { th.number scope="col" { (words::ended(*status)) } }
                th.number scope="col" { "all" }
                th.number scope="col" { "mean" }
                th.number scope="col" { "median" }
            } }
            tbody {
                @for (place, drill) in class.drills.iter().enumerate() {
                    tr {
                        th scope="row" { (one_line(&drill.slug, 60)) }
                        @for status in &met { td.number { (count(place, *status)) } }
                        td.number { (class.of_drill(place).count()) }
                        @let points = points(class, place);
                        td.number { (points.as_ref().map_or("–", |it| &it.0)) }
                        td.number { (points.as_ref().map_or("–", |it| &it.1)) }
                    }
                }
            }
        }))
    }
}

/// Mean and median of the points of a drill's graded submissions; empty if there are none.
fn points(class: &Class<'_>, drill: usize) -> Option<(String, String)> {
    let graded = class.of_drill(drill).filter(|line| line.is_graded());
    let mut points: Vec<u32> = graded.map(|line| line.score).collect();
    points.sort_unstable();
    let count = points.len();
    let above = *points.get(count / 2)?;
    let below = points[(count - 1) / 2];
    let mean = points.iter().sum::<u32>() as f64 / count as f64;
    let median = f64::from(above + below) / 2.0;
    Some((format!("{mean:.1}"), format!("{median:.1}")))
}
