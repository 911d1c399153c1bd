//! `report.html`: one page that needs nothing else, neither another file nor the
//! network nor a script.
//!
//! All text goes through `text.rs` and is escaped by the template. Whatever a picture
//! shows stands beside it as a table too.

mod drawings;
mod drill;
mod tables;

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Options, statistics};
use crate::batch::record::Class;
use crate::report::words;
use crate::text::one_line;
use crate::verdict::{Status, Verdict};

/// The book's stylesheet; its palette is this page's too.
const BOOK: &str = include_str!("../../../book/theme/between.css");
/// What is this page's own.
const OWN: &str = include_str!("page/report.css");

/// Nothing is loaded from anywhere, and no script is run, whatever got into the page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The page for a class.
pub(super) fn of(class: &Class, options: &Options) -> String {
    // The palette is all that stands before the first rule for any element.
    let palette = BOOK.split("*, *::before").next().unwrap_or_default();
    let drills = class
        .drills
        .iter()
        .map(|drill| drill::section(class, drill, options));
    let page = html! {
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
                    (overview(class))
                    @for drill in drills { (drill) }
                    (tables::slowest(class))
                    (tables::not_graded(class))
                    (tables::changes(class))
                    (tables::everybody(class))
                }
            }
        }
    };
    page.into_string()
}

/// A line of the course's, with its code as code.
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

fn overview(class: &Class) -> Markup {
    let students = statistics::by_student(class).len();
    let names = |name: fn(&Verdict) -> &str| {
        let names: BTreeSet<String> = class
            .records
            .iter()
            .filter(|record| statistics::ran(record))
            .map(|record| one_line(name(&record.verdict), 60))
            .collect();
        names.into_iter().collect::<Vec<String>>().join(", ")
    };
    let statuses = [
        Status::Passed,
        Status::Failed,
        Status::Crashed,
        Status::TimedOut,
        Status::CompileError,
        Status::Rejected,
        Status::InfraError,
    ];
    let count = |drill: &str, status: Status| {
        let of_it = class.records.iter().filter(|record| record.drill == drill);
        of_it
            .filter(|record| record.verdict.status == status)
            .count()
    };
    let all = |status: Status| {
        let of_it = class.records.iter();
        of_it
            .filter(|record| record.verdict.status == status)
            .count()
    };
    let met: Vec<Status> = statuses
        .into_iter()
        .filter(|status| all(*status) > 0)
        .collect();
    html! {
        p.lead {
            (students) (if students == 1 { " student, " } else { " students, " })
            (class.records.len()) " submissions."
            @if class.records.iter().any(statistics::ran) {
                " Grader " (names(|verdict| &verdict.grader))
                "; sandbox " (names(|verdict| verdict.sandbox.name())) "."
            }
        }
        nav aria-label="On this page" {
            ul {
                @for drill in &class.drills {
                    li { a href={ "#" (drill::anchor(drill)) } { (one_line(&drill.exercise.title, 100)) } }
                }
                li { a href="#slowest" { "The slowest" } }
                @if all(Status::InfraError) > 0 { li { a href="#not-graded" { "Not graded" } } }
                @if !class.changes.is_empty() { li { a href="#changes" { "What changed" } } }
                li { a href="#everybody" { "Everybody" } }
            }
        }
        (tables::scrolling("How the submissions ended", html! {
            thead { tr {
                th scope="col" { "drill" }
                @for status in &met { th.number scope="col" { (words::ended(*status)) } }
                th.number scope="col" { "all" }
            } }
            tbody {
                @for drill in &class.drills {
                    tr {
                        th scope="row" { (one_line(&drill.slug, 60)) }
                        @for status in &met { td.number { (count(&drill.slug, *status)) } }
                        td.number { (class.records.iter().filter(|record| record.drill == drill.slug).count()) }
                    }
                }
            }
        }))
    }
}
