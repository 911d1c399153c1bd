//! The tables that are about the whole class.

use maud::{Markup, html};

use super::super::statistics;
use crate::batch::record::{Change, Class, Outcome, Record};
use crate::report::words;
use crate::text::{excerpt, one_line, printable};
use crate::verdict::Status;

/// The slowest that are named.
const SLOWEST: usize = 10;

/// Students that are named in one line.
const NAMED: usize = 40;

/// A table that scrolls by itself where it is wider than the window; with the keyboard
/// too, for which it has a name.
pub(super) fn scrolling(caption: &str, rows: Markup) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label=(caption) {
            table { caption { (caption) } (rows) }
        }
    }
}

/// The students of these records, in one line.
pub(super) fn students(records: &[&Record]) -> String {
    let names: Vec<String> = records
        .iter()
        .take(NAMED)
        .map(|record| one_line(&record.student.name, 60))
        .collect();
    let more = match records.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", names.join(", "))
}

pub(super) fn slowest(class: &Class) -> Markup {
    let records = statistics::slowest(class, SLOWEST);
    html! {
        h2 #slowest { "The slowest" }
        @if records.is_empty() { p { "Nothing was run." } }
        @else {
            (scrolling("The submissions that took longest", html! {
                thead { tr {
                    th scope="col" { "student" } th scope="col" { "drill" }
                    th.number scope="col" { "compiled in" } th.number scope="col" { "ran for" }
                    th.number scope="col" { "schedules" }
                } }
                tbody { @for record in records { tr {
                    th scope="row" { (one_line(&record.student.name, 60)) }
                    td { (one_line(&record.drill, 60)) }
                    td.number { (record.verdict.metrics.compile_ms) " ms" }
                    td.number { (record.verdict.metrics.run_ms) " ms" }
                    td.number { (record.verdict.metrics.schedules) }
                } } }
            }))
        }
    }
}

pub(super) fn not_graded(class: &Class) -> Markup {
    let failed: Vec<&Record> = class
        .records
        .iter()
        .filter(|record| record.verdict.status == Status::InfraError)
        .collect();
    if failed.is_empty() {
        return html! {};
    }
    html! {
        h2 #not-graded { "Not graded" }
        p { "The machine failed, not the students. They are in none of the numbers above; grade them again." }
        (scrolling("What could not be graded", html! {
            thead { tr {
                th scope="col" { "student" } th scope="col" { "drill" }
                th.number scope="col" { "attempts" } th scope="col" { "why" }
            } }
            tbody { @for record in failed { tr {
                th scope="row" { (one_line(&record.student.name, 60)) }
                td { (one_line(&record.drill, 60)) }
                td.number { (record.attempts) }
                td { (excerpt(&printable(&record.verdict.diagnostics), 1000)) }
            } } }
        }))
    }
}

pub(super) fn changes(class: &Class) -> Markup {
    if class.changes.is_empty() {
        return html! {};
    }
    html! {
        h2 #changes { "What changed" }
        p { "These verdicts are others than the last time." }
        (scrolling("Verdicts that changed", html! {
            thead { tr {
                th scope="col" { "student" } th scope="col" { "drill" }
                th scope="col" { "before" } th scope="col" { "now" }
                th scope="col" { "checks" } th scope="col" { "because of" }
            } }
            tbody { @for change in &class.changes { tr {
                th scope="row" { (one_line(&change.student.name, 60)) }
                td { (one_line(&change.drill, 60)) }
                td { (outcome(&change.before)) }
                td { (outcome(&change.after)) }
                td { (checks_changed(change)) }
                td { (if change.new_content { "another submission" } else { "another grader" }) }
            } } }
        }))
    }
}

fn outcome(outcome: &Outcome) -> String {
    format!("{}, {} points", words::ended(outcome.status), outcome.score)
}

fn checks_changed(change: &Change) -> String {
    let mut lines = Vec::new();
    for (id, after) in &change.after.checks {
        let before = change.before.checks.get(id);
        if before != Some(after) {
            let before = before.map_or("not there", |status| words::held(*status));
            lines.push(format!(
                "{}: {before}, now {}",
                one_line(id, 60),
                words::held(*after)
            ));
        }
    }
    for id in change.before.checks.keys() {
        if !change.after.checks.contains_key(id) {
            lines.push(format!("{}: gone", one_line(id, 60)));
        }
    }
    lines.join("; ")
}

pub(super) fn everybody(class: &Class) -> Markup {
    html! {
        h2 #everybody { "Everybody" }
        (scrolling("All submissions, by student", html! {
            thead { tr {
                th scope="col" { "student" }
                @for drill in &class.drills { th scope="col" { (one_line(&drill.slug, 60)) } }
            } }
            tbody { @for (student, records) in statistics::by_student(class) { tr {
                th scope="row" {
                    a href={ "feedback/" (student.file_stem()) ".md" } { (one_line(&student.name, 60)) }
                }
                @for drill in &class.drills {
                    @let record = records.iter().find(|record| record.drill == drill.slug);
                    td { @match record {
                        None => "–",
                        Some(record) => {
                            span class=(if record.verdict.passed() { "good" } else { "bad" }) {
                                (words::summary(&record.verdict))
                            }
                            @if record.late { ", late" }
                        }
                    } }
                }
            } } }
        }))
    }
}
