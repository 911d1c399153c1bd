//! The terminal's view of one drill: its verdict, its hints, a schedule that fails.

use anstyle::Style;

use super::line::{BAD, BOLD, DIM, GOOD, Line, PLAIN, plain, span};
use crate::grade::report::ended_of;
use crate::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};
use crate::learn::state::{DrillNow, Phase};
use play::text::{count, one_line, printable};

/// The drill and its verdict.
pub(super) fn about(drill: &DrillNow) -> Vec<Line> {
    let mut lines = vec![
        vec![
            span(drill.named(), BOLD),
            span(format!("  {}", drill.title), PLAIN),
        ],
        vec![span(drill.file.clone(), DIM)],
        Line::new(),
    ];
    if drill.changed_upstream {
        let text = "its stub has changed since you began: `cargo grader update-check` says more";
        lines.extend([vec![span(text, DIM)], Line::new()]);
    }
    if !drill.words.is_empty() {
        lines.extend(printable(&drill.words).lines().map(plain));
        lines.push(Line::new());
    }
    let verdict = match drill.phase {
        // The last verdict was about another text.
        Phase::Missing | Phase::Error => return lines,
        Phase::Waiting | Phase::Grading | Phase::Graded => &drill.verdict,
    };
    let Some(verdict) = verdict else {
        lines.push(vec![span(going_on(drill), DIM)]);
        return lines;
    };
    lines.push(summary(drill, verdict));
    lines.push(Line::new());
    match verdict.status {
        Status::CompileError | Status::Rejected => {
            let text = drill.shown(verdict.diagnostics.trim_end());
            lines.extend(text.lines().map(plain));
        }
        _ => lines.extend(checks(drill, verdict)),
    }
    if verdict.passed() {
        let next = drill.next.as_deref();
        let next = next.map(|next| format!("n goes on to `{next}`"));
        let text = next.unwrap_or_else(|| "that was the last drill".to_owned());
        let page = "o opens the page, where the reference stands beside yours";
        lines.extend([Line::new(), plain(text), plain(page)]);
    }
    lines
}

fn going_on(drill: &DrillNow) -> &'static str {
    match drill.phase {
        Phase::Waiting => "waits for its grading",
        Phase::Grading => "is being graded",
        Phase::Graded | Phase::Missing | Phase::Error => "",
    }
}

fn summary(drill: &DrillNow, verdict: &Verdict) -> Line {
    let (word, style) = match verdict.status {
        Status::Passed => ("passed", GOOD),
        Status::Failed => ("not yet", PLAIN),
        Status::CompileError => (ended_of(verdict), BAD),
        Status::Rejected => ("rejected", BAD),
        Status::Crashed => ("crashed", BAD),
        Status::TimedOut => ("ran out of time", BAD),
        Status::InfraError => ("not graded", BAD),
    };
    let points = format!("  {}/{} points", verdict.score, verdict.max_score);
    let mut line = vec![span(word, style.bold()), span(points, PLAIN)];
    if drill.phase == Phase::Graded {
        let took = drill
            .took_ms
            .map(|took| format!("  {took} ms after the save"));
        line.push(span(took.unwrap_or_default(), DIM));
    } else {
        line.push(span(format!("  {}", going_on(drill)), DIM));
    }
    line
}

/// The checks that hold in one line, each other check with its message.
fn checks(drill: &DrillNow, verdict: &Verdict) -> Vec<Line> {
    let is = |status| move |check: &&CheckResult| check.status == status;
    let (holding, all) = (
        verdict
            .checks
            .iter()
            .filter(is(CheckStatus::Passed))
            .count(),
        verdict.checks.len(),
    );
    let mut lines = vec![match holding {
        0 => plain(format!("none of {all} checks holds")),
        _ if holding == all => vec![
            span("✓ ", GOOD),
            span(format!("all {all} checks hold"), PLAIN),
        ],
        _ => vec![
            span("✓ ", GOOD),
            span(
                format!("{holding} of {}", count(all, "check holds", "checks hold")),
                PLAIN,
            ),
        ],
    }];
    for check in verdict.checks.iter().filter(is(CheckStatus::Failed)) {
        lines.push(named("✗ ", BAD, check));
        let message = drill.shown(&check.message);
        lines.extend(message.lines().map(|line| plain(format!("    {line}"))));
        if !check.hint.is_empty() {
            lines.push(vec![span(format!("    think: {}", check.hint), DIM)]);
        }
    }
    lines.extend(skipped(
        verdict.checks.iter().filter(is(CheckStatus::Skipped)),
    ));
    let output = drill.shown(verdict.output.trim_end());
    if !output.is_empty() {
        lines.push(vec![span("it printed:", DIM)]);
        lines.extend(output.lines().map(|line| plain(format!("| {line}"))));
    }
    lines
}

/// The checks that could not be judged, below the reason, which many share.
fn skipped<'a>(checks: impl Iterator<Item = &'a CheckResult>) -> Vec<Line> {
    let mut reasons: Vec<(&str, Vec<Line>)> = Vec::new();
    for check in checks {
        let line = named("    ", DIM, check);
        match reasons.iter_mut().find(|(why, _)| *why == check.message) {
            Some((_, lines)) => lines.push(line),
            None => reasons.push((&check.message, vec![line])),
        }
    }
    let texts = reasons.into_iter().flat_map(|(why, checks)| {
        let why = vec![span("– ", DIM), span(one_line(why, 200), DIM)];
        std::iter::once(why).chain(checks)
    });
    texts.collect()
}

fn named(mark: &str, style: Style, check: &CheckResult) -> Line {
    let mastery = if check.required { "" } else { " (mastery)" };
    let points = format!("  {} {}/{}", check.id, check.points, check.max_points);
    vec![
        span(mark, style),
        span(format!("{}{mastery}", check.title), PLAIN),
        span(points, DIM),
    ]
}

/// The hints that were asked for.
pub(super) fn hints(drill: &DrillNow) -> Vec<Line> {
    let mut lines = vec![vec![span(format!("Hints for {}", drill.slug), BOLD)]];
    for (number, hint) in (1..).zip(&drill.hints) {
        lines.extend([Line::new(), plain(format!("{number}. {hint}"))]);
    }
    let left = match (drill.more_hints, drill.hints.is_empty()) {
        (true, _) => "h shows one more",
        (false, true) => "this drill has no hints",
        (false, false) => "that was the last one",
    };
    lines.extend([Line::new(), vec![span(left, DIM)]]);
    lines
}

/// The checks of a verdict that have a schedule to show.
pub(in crate::learn::terminal) fn checks_shown(drill: &DrillNow) -> Vec<&CheckResult> {
    let checks = drill.verdict.iter().flat_map(|verdict| &verdict.checks);
    checks.filter(|check| !check.timeline.is_empty()).collect()
}

/// The schedule of a failed check, turn by turn.
pub(super) fn schedule(drill: &DrillNow, number: usize) -> Vec<Line> {
    let checks = checks_shown(drill);
    let Some(check) = checks.get(number) else {
        return vec![plain("no schedule fails")];
    };
    let mut lines = vec![
        vec![
            span(check.id.clone(), BOLD),
            span(format!("  {}", check.title), PLAIN),
        ],
        Line::new(),
    ];
    for (number, line) in (1..).zip(&check.timeline) {
        lines.push(vec![
            span(format!("{number:>3}  "), DIM),
            span(drill.shown(line), PLAIN),
        ]);
    }
    if let Some(key) = &check.schedule {
        let command = format!(
            "again: cargo grader replay {} exercises/{} {key}",
            drill.slug, drill.slug
        );
        lines.extend([Line::new(), vec![span(command, DIM)]]);
    }
    if checks.len() > 1 {
        let text = format!("{} of {}; p shows the next", number + 1, checks.len());
        lines.push(vec![span(text, DIM)]);
    }
    lines
}
