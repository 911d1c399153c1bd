//! One drill of a class: how the points are spread, each check, the commonest
//! failures, what did not compile, and what is alike.

use std::io;
use std::path::Path;

use maud::{Markup, html};

use super::super::statistics::{CheckOver, Commonest, OfDrill, Statistics, schedule_form, why};
use super::tables::{scrolling, students};
use super::{Shown, drawings, figure, line};
use crate::class::batch::class::{Class, ClassDrill};
use crate::class::batch::record::Record;
use crate::grade::report::words;
use play::text::{excerpt, one_line, printable};

/// The most reasons that are shown; a class may find any number of them.
const REASONS: usize = 50;

/// Stands for a folder outside the course's.
const ELSEWHERE: &str = "CLASS";

/// The longest text of the compiler that is shown, in bytes.
const LONGEST: usize = 6 << 10;

/// The anchor of the page's links: a slug is plain, or no course would have it.
pub(super) fn anchor(drill: &ClassDrill) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    format!("drill-{}", drill.slug.replace(|letter| !plain(letter), "-"))
}

pub(super) fn section(
    class: &Class<'_>,
    statistics: &Statistics,
    place: usize,
    shown: Shown<'_>,
) -> io::Result<Markup> {
    let drill = &class.drills[place];
    let numbers = &statistics.drills[place];
    let OfDrill { bars, checks, .. } = numbers;
    let id = anchor(drill);
    let slug = one_line(&drill.slug, 60);
    let commonest = commonest(class, checks, shown)?;
    let not_run = not_run(class, &slug, numbers, shown)?;
    Ok(html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (one_line(&drill.exercise.title, 100)) " " code { (slug) } }
            h3 { "How the points are spread" }
            figure {
                div.wide tabindex="0" role="region" aria-label={ (slug) ": the points, drawn" } {
                    (drawings::distribution(&format!("{id}-distribution"), bars))
                }
                details {
                    summary { "The same as a table" }
                    (scrolling(&format!("{slug}: submissions by their share of the points"), html! {
                        thead { tr { th scope="col" { "share" } th.number scope="col" { "submissions" } } }
                        tbody {
                            @for (bar, count) in bars.iter().enumerate() {
                                tr { th scope="row" { (drawings::range(bar)) } td.number { (count) } }
                            }
                        }
                    }))
                }
            }
            @if !checks.is_empty() {
                h3 { "Who passes which check" }
                (pass_rates(&slug, checks))
                @if let Shown::Teacher { .. } = shown { (who_fails(class, &slug, checks)) }
                (commonest)
            }
            (not_run)
            (alike(class, numbers, shown))
        }
    })
}

fn pass_rates(slug: &str, checks: &[CheckOver]) -> Markup {
    scrolling(
        &format!("{slug}: the checks, and how many pass them"),
        html! {
            thead { tr {
                th scope="col" { "check" }
                th.number scope="col" { "pass" }
                th.number scope="col" { "fail" }
                th.number scope="col" { "not judged" }
                th.number scope="col" { "rate" }
            } }
            tbody {
                @for over in checks {
                    @let judged = over.passed + over.failed + over.skipped;
                    tr {
                        th scope="row" { (line(&words::title(&over.check))) " " code { (one_line(&over.check.id, 60)) } }
                        td.number { (over.passed) }
                        td.number { (over.failed) }
                        td.number { (over.skipped) }
                        td.rate { (over.passed * 100 / judged.max(1)) " % " (drawings::share(over.passed, judged)) }
                    }
                }
            }
        },
    )
}

/// For each check that students failed: how many did, and the schedule that most
/// of them have in common, as it went for the first.
fn commonest(class: &Class<'_>, checks: &[CheckOver], shown: Shown<'_>) -> io::Result<Markup> {
    let met = checks
        .iter()
        .filter_map(|over| Some((over, over.commonest?)));
    let figures = met
        .map(|(over, most)| failure(class, over, most, shown))
        .collect::<io::Result<Vec<Markup>>>()?;
    Ok(html! {
        @if !figures.is_empty() {
            h3 { "What breaks them most often" }
            (figure::legend())
            @for figure in figures { (figure) }
        }
    })
}

fn failure(
    class: &Class<'_>,
    over: &CheckOver,
    most: Commonest,
    shown: Shown<'_>,
) -> io::Result<Markup> {
    let record = class.record(&class.lines[most.first])?;
    let mut checks = record.verdict.checks.iter();
    let Some(check) = checks.find(|check| check.id == over.check.id) else {
        return Ok(html! {});
    };
    let alike = match (over.failed, most.count) {
        (1, _) => "1 failed".to_owned(),
        (failed, count) if failed == count => format!("{failed} failed, all like this"),
        (failed, count) => format!("{failed} failed, {count} of them like this"),
    };
    Ok(html! {
        details.schedule {
            summary { (line(&words::title(&over.check))) ": " strong { (alike) } }
            figure {
                figcaption {
                    @match &check.schedule {
                        Some(key) => { "The schedule: " code { (one_line(&schedule_form(key), 300)) } }
                        None => "What the grader saw:",
                    }
                }
                @if !check.timeline.is_empty() { (figure::of(check)) }
                // If a timeline ends with the violation, the message need not be repeated.
                @if !check.timeline.iter().any(|line| line.starts_with("=>")) {
                    p.broken { (line(&words::message(check))) }
                }
            }
            @if let (Some(key), Shown::Teacher { folder, .. }) = (&check.schedule, shown) {
                (again(&record, key, folder))
            }
        }
    })
}

/// How to see a failure again: a command for the course's folder, where cargo knows the
/// grader.
fn again(record: &Record, key: &str, folder: Option<&Path>) -> Markup {
    let path = folder.unwrap_or(Path::new(ELSEWHERE)).join(&record.path);
    html! {
        p.again {
            "Again, in the course's folder: "
            code { "cargo grader replay " (one_line(&record.drill, 60)) " " (words::quoted(&path.to_string_lossy())) " " (one_line(key, 300)) }
            @if folder.is_none() {
                ". Write the path of the folder with the hand-ins in place of " code { (ELSEWHERE) } "."
            }
        }
    }
}

fn not_run(
    class: &Class<'_>,
    slug: &str,
    numbers: &OfDrill,
    shown: Shown<'_>,
) -> io::Result<Markup> {
    let named = matches!(shown, Shown::Teacher { .. });
    let told = &numbers.not_run[..numbers.not_run.len().min(REASONS)];
    let mut reasons = Vec::new();
    for group in told {
        let first = class.record(&class.lines[group.first[0]])?;
        let text = printable(first.verdict.diagnostics.trim_end());
        reasons.push((group, why(&first), excerpt(&text, LONGEST)));
    }
    let rest = &numbers.not_run[told.len()..];
    let more: usize = rest.iter().map(|group| group.count).sum();
    Ok(html! {
        @if !reasons.is_empty() {
            h3 { "What could not be run, and why" }
            @for (number, (group, reason, text)) in (1..).zip(&reasons) {
              @if named {
                details {
                    summary { (group.count) ": " (one_line(reason, 200)) }
                    p { (students(class, group)) }
                    pre tabindex="0" role="region" aria-label={ (slug) ": what was said, " (number) } { (text) }
                }
              } @else { p { (group.count) ": " (without_names(reason)) } }
            }
            @if more > 0 { p { (more) " more, for " (rest.len()) " other reasons." } }
        }
    })
}

/// A reason without the names that students chose; names are between backticks.
fn without_names(reason: &str) -> String {
    match reason.split_once(['`', '\'', '"', '…']) {
        Some((before, _)) => format!("{} …", one_line(before.trim_end(), 100)),
        None => one_line(reason, 100),
    }
}

/// Who fails each check.
fn who_fails(class: &Class<'_>, slug: &str, checks: &[CheckOver]) -> Markup {
    let failed = || checks.iter().filter(|over| over.failed > 0);
    html! {
        @if failed().next().is_some() {
            details {
                summary { "Who fails which check" }
                (scrolling(&format!("{slug}: who fails which check"), html! {
                    thead { tr { th scope="col" { "check" } th scope="col" { "who fails it" } } }
                    tbody { @for over in failed() { tr {
                        th scope="row" { (line(&words::title(&over.check))) }
                        td { (students(class, &over.who)) }
                    } } }
                }))
            }
        }
    }
}

fn alike(class: &Class<'_>, numbers: &OfDrill, shown: Shown<'_>) -> Markup {
    // A copy concerns only two people and their teacher.
    if numbers.alike.is_empty() || matches!(shown, Shown::Class) {
        return html! {};
    }
    html! {
        h3 { "What is alike" }
        p {
            "These are the same when names, comments and layout are set aside. Short programs "
            "often are, and a group is a reason to look, not a proof."
        }
        ul {
            @for group in &numbers.alike {
                li {
                    strong { (group.who.count) }
                    @if let Some(known) = group.known { ", the same as " (known) }
                    @if group.identical && group.who.count > 1 { ", identical to the letter" }
                    ": " (students(class, &group.who))
                }
            }
        }
    }
}
