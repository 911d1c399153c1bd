//! One drill of a class: how the points are spread, each check, what most ran into,
//! what did not compile, and what is alike.

use maud::{Markup, html};

use super::super::Options;
use super::super::statistics::{self, CheckOver, Commonest};
use super::tables::{scrolling, students};
use super::{drawings, line};
use crate::batch::record::{Class, ClassDrill};
use crate::report::words;
use crate::text::{excerpt, one_line, printable};

/// The longest text of the compiler that is shown, in bytes.
const LONGEST: usize = 6 << 10;

/// Where the page's links lead: a slug is plain, or no course would have it.
pub(super) fn anchor(drill: &ClassDrill) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    format!("drill-{}", drill.slug.replace(|letter| !plain(letter), "-"))
}

pub(super) fn section(class: &Class, drill: &ClassDrill, options: &Options) -> Markup {
    let graded = statistics::graded(class, &drill.slug);
    let bars = statistics::distribution(&graded);
    let checks = statistics::checks(&graded);
    let id = anchor(drill);
    let slug = one_line(&drill.slug, 60);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (one_line(&drill.exercise.title, 100)) " " code { (slug) } }
            h3 { "How the points are spread" }
            figure {
                div.wide tabindex="0" role="region" aria-label={ (slug) ": the points, drawn" } {
                    (drawings::distribution(&format!("{id}-distribution"), &bars))
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
                (pass_rates(&slug, &checks))
                (commonest(&drill.slug, &checks))
            }
            (not_run(&slug, &graded))
            (alike(class, drill, options))
        }
    }
}

fn pass_rates(slug: &str, checks: &[CheckOver<'_>]) -> Markup {
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
                        th scope="row" { (line(&words::title(over.check))) " " code { (one_line(&over.check.id, 60)) } }
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

fn commonest(drill: &str, checks: &[CheckOver<'_>]) -> Markup {
    let met: Vec<(&CheckOver<'_>, &Commonest<'_>)> = checks
        .iter()
        .filter_map(|over| Some((over, over.commonest.as_ref()?)))
        .collect();
    if met.is_empty() {
        return html! {};
    }
    html! {
        h3 { "What breaks them most often" }
        @for (over, most) in met {
            details.schedule {
                summary { (line(&words::title(over.check))) ": " (most.count) " of " (over.failed) }
                p { (line(&words::message(most.check))) }
                @if !most.check.timeline.is_empty() {
                    ol.timeline {
                        @for line in &most.check.timeline {
                            @let kind = if line.starts_with("=>") { "end" } else if line.starts_with(' ') { "within" } else { "turn" };
                            li class=(kind) { (one_line(line.trim_start(), 300)) }
                        }
                    }
                }
                @if let Some(key) = &most.check.schedule {
                    p.again {
                        "Again, in the folder that was graded: "
                        code { "cargo grader replay " (one_line(drill, 60)) " " (words::quoted(&most.record.path)) " " (one_line(key, 300)) }
                    }
                }
            }
        }
    }
}

fn not_run(slug: &str, graded: &[&crate::batch::record::Record]) -> Markup {
    let reasons = statistics::not_run(graded);
    if reasons.is_empty() {
        return html! {};
    }
    html! {
        h3 { "What did not compile, or was rejected" }
        @for (number, (reason, records)) in (1..).zip(reasons) {
            details {
                summary { (records.len()) ": " (one_line(&reason, 200)) }
                p { (students(&records)) }
                @if let Some(first) = records.first() {
                    @let text = printable(first.verdict.diagnostics.trim_end());
                    pre tabindex="0" role="region" aria-label={ (slug) ": what was said, " (number) } { (excerpt(&text, LONGEST)) }
                }
            }
        }
    }
}

fn alike(class: &Class, drill: &ClassDrill, options: &Options) -> Markup {
    let groups = statistics::alike(class, &drill.slug, options);
    if groups.is_empty() {
        return html! {};
    }
    html! {
        h3 { "What is alike" }
        p {
            "These are the same when names, comments and layout are set aside. Short programs "
            "often are, and a group is a reason to look, not a proof."
        }
        ul {
            @for group in groups {
                li {
                    strong { (group.records.len()) }
                    @if let Some(known) = group.known { ", the same as " (known) }
                    @if group.identical && group.records.len() > 1 { ", identical to the letter" }
                    ": " (students(&group.records))
                }
            }
        }
    }
}
