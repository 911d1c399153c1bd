//! The terminal's content, as lines: a pure function of the state and of what the
//! learner looks at.

mod drill;
mod line;

use anstyle::Style;

use crate::learn::state::{DrillNow, PreparePhase, State};
pub(super) use drill::told;
use drill::{about, hints, schedule};
pub(super) use line::Line;
use line::{BAD, BOLD, DIM, GOOD, PLAIN, length, plain, span, wrapped};
use play::text::{one_line, printable};

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
    /// The question whether to put the stub back.
    Reset,
}

/// Everything that the view depends on besides the state.
#[derive(Clone, Debug)]
pub(super) struct Show<'a> {
    /// The book's address.
    pub(super) address: &'a str,
    /// The drill looked at.
    pub(super) drill: usize,
    /// The part that is looked at.
    pub(super) looking: &'a Looking,
    /// Lines scrolled past.
    pub(super) scrolled: usize,
    /// A note to show once.
    pub(super) word: &'a str,
}

/// The whole screen, `height` lines of it, and how far it can be scrolled.
pub(super) fn screen(
    state: &State,
    show: &Show<'_>,
    width: usize,
    height: usize,
) -> (Vec<Line>, usize) {
    let mut lines = vec![head(state, show)];
    lines.push(Line::new());
    let body = wrapped(body(state, show), width);
    let room = |foot: &[Line]| height.saturating_sub(2 + foot.len());
    let mut foot = foot_of(show, width, false);
    if body.len() > room(&foot) {
        foot = foot_of(show, width, true);
    }
    let room = room(&foot);
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

/// The note and the keys; also the keys that scroll, if there is `more`.
fn foot_of(show: &Show<'_>, width: usize, more: bool) -> Vec<Line> {
    let keys: &[(&str, &str)] = match show.looking {
        Looking::Reset => &[("y", "put the stub back"), ("any other key", "leave it")],
        Looking::List(_) => &[("↑↓", "choose"), ("enter", "go there"), ("l", "back")],
        _ => &[
            ("↑↓", "scroll"),
            ("n", "next"),
            ("l", "list"),
            ("h", "hint"),
            ("p", "replay"),
            ("r", "reset"),
            ("o", "open"),
            ("q", "quit"),
        ],
    };
    let word = vec![span(one_line(show.word, 800), BOLD)];
    let mut lines = wrapped(vec![word], width);
    let mut line = Line::new();
    let mut used = 0;
    for (key, what) in keys.iter().filter(|(_, what)| more || *what != "scroll") {
        let wide = length(key) + length(what) + 3;
        if used > 0 && used + wide > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push(span(*key, BOLD));
        line.push(span(format!(" {what}  "), DIM));
        used += wide;
    }
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

/// The learner's state in a drill, whatever its present verdict.
fn standing(drill: &DrillNow) -> (String, Style) {
    match (drill.passed, drill.best) {
        (true, best) => (format!("passed {best}/{}", drill.max), GOOD),
        _ if !drill.started => ("not started".to_owned(), PLAIN),
        (false, 0) => ("not yet".to_owned(), PLAIN),
        (false, best) => (format!("not yet {best}/{}", drill.max), PLAIN),
    }
}

#[cfg(test)]
mod tests;
