//! The tables about the whole class. The long ones are written row by row.

use std::collections::BTreeMap;
use std::io::{self, Write};

use maud::{Markup, PreEscaped, html};

use super::super::gradebook;
use super::super::names::Names;
use super::super::statistics::{Group, Statistics};
use crate::class::batch::changes::{self, Change};
use crate::class::batch::class::{Class, NOT_HANDED_IN};
use crate::class::batch::record::Outcome;
use crate::grade::report::words;
use crate::grade::verdict::{CheckStatus, Status};
use play::text::{excerpt, one_line, printable};

/// Stands for a part that is written later; no text that is fit to show contains it.
const LATER: &str = "\0";

/// A table that scrolls by itself if it is wider than the window. It has a name, so
/// that the keyboard can scroll it too.
pub(super) fn scrolling(caption: &str, rows: Markup) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label=(caption) {
            table { caption { (caption) } (rows) }
        }
    }
}

/// The same for a table of any length.
fn long(
    out: &mut dyn Write,
    caption: &str,
    head: Markup,
    rows: impl Iterator<Item = io::Result<Markup>>,
) -> io::Result<()> {
    let table = html! { thead { tr { (head) } } tbody { (later()) } };
    let mut rows = rows;
    around(scrolling(caption, table), out, |out| {
        rows.try_for_each(|row| out.write_all(row?.0.as_bytes()))
    })
}

/// The place in a text that [`around`] fills.
pub(super) fn later() -> PreEscaped<&'static str> {
    PreEscaped(LATER)
}

/// Writes `frame`, with the output of `inside` in place of [`later`].
pub(super) fn around(
    frame: Markup,
    out: &mut dyn Write,
    inside: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let (before, after) = frame.0.split_once(LATER).unwrap_or((&frame.0, ""));
    out.write_all(before.as_bytes())?;
    inside(out)?;
    out.write_all(after.as_bytes())
}

/// The students of a group, in one line.
pub(super) fn students(class: &Class<'_>, group: &Group) -> String {
    let names: Vec<String> = group
        .first
        .iter()
        .map(|place| one_line(class.lines[*place].student.name(), 60))
        .collect();
    let more = match group.count - group.first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", names.join(", "))
}

pub(super) fn slowest(class: &Class<'_>, statistics: &Statistics) -> io::Result<Markup> {
    let records = statistics.slowest.iter();
    let records = records.map(|place| class.record(&class.lines[*place]));
    let records = records.collect::<io::Result<Vec<_>>>()?;
    Ok(html! {
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
                    th scope="row" { (one_line(record.student.name(), 60)) }
                    td { (one_line(&record.drill, 60)) }
                    td.number { (record.verdict.metrics.compile_ms) " ms" }
                    td.number { (record.verdict.metrics.run_ms) " ms" }
                    td.number { (record.verdict.metrics.schedules) }
                } } }
            }))
        }
    })
}

pub(super) fn not_graded(class: &Class<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut failed = class
        .lines
        .iter()
        .filter(|line| line.machine_failed())
        .peekable();
    if failed.peek().is_none() {
        return Ok(());
    }
    let before = html! {
        h2 #not-graded { "Not graded" }
        p { "The machine failed, not the students. They are in none of the numbers above; grade them again." }
    };
    out.write_all(before.0.as_bytes())?;
    let head = html! {
        th scope="col" { "student" } th scope="col" { "drill" }
        th.number scope="col" { "attempts" } th scope="col" { "why" }
    };
    let rows = failed.map(|line| {
        let record = class.record(line)?;
        Ok(html! { tr {
            th scope="row" { (one_line(record.student.name(), 60)) }
            td { (one_line(&record.drill, 60)) }
            td.number { (record.attempts) }
            td { (excerpt(&printable(&record.verdict.diagnostics), 1000)) }
        } })
    });
    long(out, "What could not be graded", head, rows)
}

pub(super) fn changes(
    class: &Class<'_>,
    statistics: &Statistics,
    out: &mut dyn Write,
) -> io::Result<()> {
    if statistics.changed.is_empty() {
        return Ok(());
    }
    let before = html! {
        h2 #changes { "What changed" }
        p { "The submission or the grader has changed since, and with it the verdict." }
    };
    out.write_all(before.0.as_bytes())?;
    let head = html! {
        th scope="col" { "student" } th scope="col" { "drill" }
        th scope="col" { "before" } th scope="col" { "now" }
        th scope="col" { "checks" } th scope="col" { "because of" }
    };
    let rows = statistics.changed.iter().map(|place| {
        let change = changes::of(&class.record(&class.lines[*place])?);
        Ok(html! { @if let Some(change) = change { tr {
            th scope="row" { (one_line(change.student.name(), 60)) }
            td { (one_line(&change.drill, 60)) }
            td { (outcome(&change.before)) }
            td { (outcome(&change.after)) }
            td { (checks_changed(&change)) }
            td { (if change.new_content { "another submission" } else { "another grader" }) }
        } } })
    });
    long(out, "Verdicts that changed", head, rows)
}

fn outcome(outcome: &Outcome) -> String {
    format!("{}, {} points", words::ended(outcome.status), outcome.score)
}

/// The checks whose results changed, grouped by the change.
fn checks_changed(change: &Change) -> String {
    let (before, after) = (&change.before.checks, &change.after.checks);
    let mut fates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in before.keys().chain(after.keys()) {
        let said = |checks: &BTreeMap<String, CheckStatus>| {
            checks
                .get(id)
                .map_or("not there", |status| words::held(*status))
        };
        if before.get(id) != after.get(id) {
            let fate = format!("{}, now {}", said(before), said(after));
            let ids = fates.entry(fate).or_default();
            let id = one_line(id, 60);
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let texts = fates.into_iter().map(|(fate, ids)| {
        let all = ids.len() > 1 && ids.len() == after.len();
        let ids = if all {
            "all".to_owned()
        } else {
            ids.join(", ")
        };
        format!("{ids}: {fate}")
    });
    texts.collect::<Vec<String>>().join("; ")
}

pub(super) fn everybody(class: &Class<'_>, names: &Names, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(html! { h2 #everybody { "Everybody" } }.0.as_bytes())?;
    let head = html! {
        th scope="col" { "student" }
        @for drill in &class.drills { th scope="col" { (one_line(&drill.slug, 60)) } }
    };
    let rows = class.everybody().map(|(student, lines, why)| {
        Ok(html! { tr {
            th scope="row" {
                @if why == NOT_HANDED_IN { (one_line(student.name(), 60)) }
                @else {
                    a href={ "feedback/" (names.name(student)) ".md" } { (one_line(student.name(), 60)) }
                }
            }
            @for drill in 0..class.drills.len() {
                td { @match lines.iter().find(|line| line.drill == drill) {
                    _ if class.excuses(drill, student) => "excused",
                    None if why.is_empty() => "–",
                    None => (one_line(why, 200)),
                    Some(line) if !line.taken => span.bad { "could not be taken: hand in again" },
                    Some(line) => {
                        span class=(if line.status == Status::Passed { "good" } else { "bad" }) {
                            (words::ended_with(line.status, line.language, (line.score, line.max_score)))
                        }
                        (line.in_language())
                        @if let Some(late) = gradebook::late(class, line) { ", " (late) }
                        @let counted = class.counted(line);
                        @if counted.percent > 0 { ": counts " (counted.points) }
                    }
                } }
            }
        } })
    });
    long(out, "All submissions, by student", head, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::batch::student::Student;

    #[test]
    fn checks_that_changed_alike_are_told_together() {
        use CheckStatus::{Failed, Passed, Skipped};
        let outcome = |checks: &[(&str, CheckStatus)]| Outcome {
            sha256: String::new(),
            grader: String::new(),
            rules: String::new(),
            graded_at: 0,
            status: Status::Failed,
            score: 0,
            checks: checks
                .iter()
                .map(|(id, status)| ((*id).to_owned(), *status))
                .collect(),
        };
        let change = |before: &[_], after: &[_]| {
            checks_changed(&Change {
                student: Student::named("ada"),
                drill: "offload".to_owned(),
                new_content: true,
                before: outcome(before),
                after: outcome(after),
            })
        };
        assert_eq!(
            change(
                &[("a", Skipped), ("b", Skipped)],
                &[("a", Passed), ("b", Passed)]
            ),
            "all: not judged, now passed"
        );
        assert_eq!(
            change(
                &[("a", Failed), ("b", Failed), ("c", Passed), ("old", Passed)],
                &[("a", Passed), ("b", Passed), ("c", Passed), ("new", Failed)]
            ),
            "a, b: failed, now passed; new: not there, now failed; old: passed, now not there"
        );
    }
}
