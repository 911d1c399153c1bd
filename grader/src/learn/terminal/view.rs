//! What the terminal shows, as lines: a pure function of what is known and of what the
//! learner looks at.

use anstyle::{AnsiColor, Style};

use crate::learn::state::{DrillNow, Phase, PreparePhase, State};
use crate::text::{one_line, printable};
use crate::verdict::{CheckResult, CheckStatus, Status, Verdict};

/// A piece of a line in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) style: Style,
}

/// A line; what is too long is cut off by the terminal.
pub(super) type Line = Vec<Span>;

/// What the learner looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Looking {
    /// The drill and its verdict.
    Drill,
    /// All drills; the marked one.
    List(usize),
    /// The hints of the drill.
    Hints,
    /// The schedule of a failed check, counted among those that have one.
    Schedule(usize),
    /// The question whether the stub is to be put back.
    Reset,
}

/// All that the view depends on besides the state.
#[derive(Clone, Debug)]
pub(super) struct Show<'a> {
    /// Where the book is.
    pub(super) address: &'a str,
    /// The drill looked at.
    pub(super) drill: usize,
    /// What of it.
    pub(super) looking: &'a Looking,
    /// Lines scrolled past.
    pub(super) scrolled: usize,
    /// Something to tell once.
    pub(super) word: &'a str,
}

const PLAIN: Style = Style::new();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

fn span(text: impl Into<String>, style: Style) -> Span {
    Span {
        text: text.into(),
        style,
    }
}

fn plain(text: impl Into<String>) -> Line {
    vec![span(text, PLAIN)]
}

/// The whole screen, `height` lines of it; how far it can be scrolled.
pub(super) fn screen(
    state: &State,
    show: &Show<'_>,
    width: usize,
    height: usize,
) -> (Vec<Line>, usize) {
    let mut lines = vec![head(state, show)];
    let foot = foot(show, width);
    let room = height.saturating_sub(lines.len() + foot.len() + 1);
    lines.push(Line::new());
    let body = wrapped(body(state, show), width);
    let furthest = body.len().saturating_sub(room);
    let first = show.scrolled.min(furthest);
    let shown = body.into_iter().skip(first).take(room);
    lines.extend(shown);
    lines.resize(height.saturating_sub(foot.len()), Line::new());
    lines.extend(foot);
    lines.truncate(height);
    (lines, furthest)
}

fn head(state: &State, show: &Show<'_>) -> Line {
    let mut line = vec![
        span(state.course.clone(), BOLD),
        span("  ", PLAIN),
        span(show.address, PLAIN),
    ];
    let prepare = &state.prepare;
    let (text, style) = match prepare.phase {
        PreparePhase::Ready => (one_line(&prepare.words, 200), DIM),
        PreparePhase::Failed => ("not ready to grade".to_owned(), BAD),
        PreparePhase::Building if prepare.total > 0 => {
            let words = one_line(&prepare.words, 60);
            let text = format!(
                "preparing, once: {}/{} {words}",
                prepare.done, prepare.total
            );
            (text, DIM)
        }
        PreparePhase::Building | PreparePhase::Waiting => {
            (format!("preparing {}", one_line(&prepare.words, 60)), DIM)
        }
    };
    line.push(span(format!("  {text}"), style));
    line
}

fn foot(show: &Show<'_>, width: usize) -> Vec<Line> {
    let keys: &[(&str, &str)] = match show.looking {
        Looking::Reset => &[("y", "put the stub back"), ("any other key", "leave it")],
        Looking::List(_) => &[("↑↓", "choose"), ("enter", "go there"), ("l", "back")],
        _ => &[
            ("n", "next"),
            ("l", "list"),
            ("h", "hint"),
            ("p", "replay"),
            ("r", "reset"),
            ("o", "open"),
            ("q", "quit"),
        ],
    };
    let mut line = Line::new();
    for (key, what) in keys {
        line.push(span(*key, BOLD));
        line.push(span(format!(" {what}  "), DIM));
    }
    let word = vec![span(one_line(show.word, 800), BAD)];
    let mut lines = wrapped(vec![word], width);
    lines.push(line);
    lines
}

fn body(state: &State, show: &Show<'_>) -> Vec<Line> {
    if state.prepare.phase == PreparePhase::Failed {
        let mut lines = vec![plain("The grader could not be prepared:"), Line::new()];
        lines.extend(printable(&state.prepare.words).lines().map(plain));
        lines.extend([Line::new(), plain("Save a file to try again.")]);
        return lines;
    }
    let Some(drill) = state.drills.get(show.drill) else {
        return vec![plain("This course has no drills.")];
    };
    match show.looking {
        Looking::List(marked) => list(state, *marked),
        Looking::Drill => about(drill),
        Looking::Hints => hints(drill),
        Looking::Schedule(number) => schedule(drill, *number),
        Looking::Reset => vec![
            plain(format!("Put the stub of `{}` back?", drill.slug)),
            plain("What you have is kept in `.learner/backups/`."),
        ],
    }
}

fn list(state: &State, marked: usize) -> Vec<Line> {
    let width = state.drills.iter().map(|drill| drill.slug.len()).max();
    let width = width.unwrap_or_default();
    let row = |(number, drill): (usize, &DrillNow)| {
        let mark = if number == marked { "> " } else { "  " };
        let (word, style) = standing(drill);
        let mut line = vec![
            span(mark, BOLD),
            span(format!("{:width$}  ", drill.slug), PLAIN),
            span(format!("{word:<17}"), style),
            span(drill.title.clone(), PLAIN),
        ];
        if drill.changed_upstream {
            line.push(span("  its stub has changed", DIM));
        }
        line
    };
    state.drills.iter().enumerate().map(row).collect()
}

/// How far the learner is with a drill, whatever its present verdict.
fn standing(drill: &DrillNow) -> (String, Style) {
    match (drill.passed, drill.best) {
        (true, best) => (format!("passed {best}/{}", drill.max), GOOD),
        (false, 0) => ("open".to_owned(), PLAIN),
        (false, best) => (format!("open {best}/{}", drill.max), PLAIN),
    }
}

fn about(drill: &DrillNow) -> Vec<Line> {
    let mut lines = vec![
        vec![
            span(drill.slug.clone(), BOLD),
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
    let Some(verdict) = &drill.verdict else {
        lines.push(vec![span(going_on(drill), DIM)]);
        return lines;
    };
    lines.push(summary(drill, verdict));
    lines.push(Line::new());
    match verdict.status {
        Status::CompileError | Status::Rejected => {
            let text = printable(verdict.diagnostics.trim_end());
            lines.extend(text.lines().map(plain));
        }
        _ => lines.extend(checks(verdict)),
    }
    if verdict.passed() {
        let next = drill.next.as_deref();
        let next = next.map(|next| format!("n goes on to `{next}`"));
        let text = next.unwrap_or_else(|| "that was the last drill".to_owned());
        lines.extend([Line::new(), plain(text)]);
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
        Status::Failed => ("not yet", BAD),
        Status::CompileError => ("does not compile", BAD),
        Status::Rejected => ("not taken", BAD),
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

/// Those that hold in one line, each other with what was seen.
fn checks(verdict: &Verdict) -> Vec<Line> {
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
            span(format!("{holding} of {all} checks hold"), PLAIN),
        ],
    }];
    for check in verdict.checks.iter().filter(is(CheckStatus::Failed)) {
        lines.push(named("✗ ", BAD, check));
        let message = printable(&check.message);
        lines.extend(message.lines().map(|line| plain(format!("    {line}"))));
        if !check.hint.is_empty() {
            lines.push(vec![span(format!("    think: {}", check.hint), DIM)]);
        }
    }
    for check in verdict.checks.iter().filter(is(CheckStatus::Skipped)) {
        let mut line = named("– ", DIM, check);
        line.push(span(format!("  {}", one_line(&check.message, 200)), DIM));
        lines.push(line);
    }
    let output = printable(verdict.output.trim_end());
    if !output.is_empty() {
        lines.push(vec![span("it printed:", DIM)]);
        lines.extend(output.lines().map(|line| plain(format!("| {line}"))));
    }
    lines
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

fn hints(drill: &DrillNow) -> Vec<Line> {
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
pub(super) fn told(drill: &DrillNow) -> Vec<&CheckResult> {
    let checks = drill.verdict.iter().flat_map(|verdict| &verdict.checks);
    checks.filter(|check| !check.timeline.is_empty()).collect()
}

fn schedule(drill: &DrillNow, number: usize) -> Vec<Line> {
    let told = told(drill);
    let Some(check) = told.get(number) else {
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
            span(printable(line), PLAIN),
        ]);
    }
    if let Some(key) = &check.schedule {
        let command = format!(
            "again: cargo grader replay {} exercises/{} {key}",
            drill.slug, drill.slug
        );
        lines.extend([Line::new(), vec![span(command, DIM)]]);
    }
    if told.len() > 1 {
        let text = format!("{} of {}; p shows the next", number + 1, told.len());
        lines.push(vec![span(text, DIM)]);
    }
    lines
}

/// The lines, each broken where it is wider than the screen; what follows is set in as
/// far as the text of its line.
fn wrapped(lines: Vec<Line>, width: usize) -> Vec<Line> {
    let mut broken = Vec::new();
    for line in lines {
        let long = line.iter().map(|span| length(&span.text)).sum::<usize>() > width;
        if !long || width < 20 {
            broken.push(line);
            continue;
        }
        let margin = margin(&line).min(width / 2);
        let mut now: Line = Vec::new();
        let mut used = 0;
        for Span { text, style } in line {
            for word in text.split_inclusive(' ') {
                let mut word = word;
                if used > margin && used + length(word.trim_end()) > width {
                    broken.push(std::mem::take(&mut now));
                    now.push(span(" ".repeat(margin), PLAIN));
                    used = margin;
                    word = word.trim_start();
                }
                // A space beyond the edge would be drawn over the last letter.
                if used + length(word) > width {
                    word = word.trim_end();
                }
                used += length(word);
                now.push(span(word, style));
            }
        }
        broken.push(now);
    }
    broken
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// Where the text of a line begins: after spaces, a mark or a number.
fn margin(line: &Line) -> usize {
    let first = line.first().map_or("", |span| &span.text);
    let before = |letter: &char| " ✓✗–|.".contains(*letter) || letter.is_ascii_digit();
    first.chars().take_while(before).count()
}

#[cfg(test)]
mod tests;
