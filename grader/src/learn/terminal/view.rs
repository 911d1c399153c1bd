//! The terminal's content, as lines: a pure function of the state and of what the
//! learner looks at.

mod drill;
mod line;

use anstyle::Style;

use crate::learn::state::{DrillNow, PreparePhase, State};
pub(super) use drill::checks_shown;
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
    /// All keys.
    Keys,
}

/// From this height on a line is kept free for what is told once.
const ROOMY: usize = 12;

/// Before the drill in the list that is chosen.
const MARK: &str = "> ";

/// What can be pressed while a drill is looked at.
const KEYS: [(&str, &str); 8] = [
    ("↑↓", "scroll"),
    ("n", "next"),
    ("l", "list"),
    ("h", "hint"),
    ("p", "replay"),
    ("r", "reset"),
    ("o", "open"),
    ("q", "quit"),
];

/// What a narrow window's line of keys does without, the first of them first.
const LEAST_FIRST: [&str; 7] = ["open", "reset", "scroll", "replay", "list", "next", "hint"];

/// The key that shows all of them.
const ALL_KEYS: (&str, &str) = ("?", "keys");

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
    let mut lines = head(state, show, width);
    lines.push(Line::new());
    let body = wrapped(body(state, show), width);
    let above = lines.len();
    let room = |foot: &[Line]| height.saturating_sub(above + foot.len());
    let mut foot = foot_of(show, (width, height), false);
    if body.len() > room(&foot) {
        foot = foot_of(show, (width, height), true);
    }
    let room = room(&foot);
    let furthest = body.len().saturating_sub(room);
    let mut first = show.scrolled.min(furthest);
    if let Looking::List(_) = show.looking {
        // Whatever the window's height, the drill that Enter goes to is in it.
        let is_marked = |line: &Line| line.first().is_some_and(|span| span.text == MARK);
        let marked = body.iter().position(is_marked).unwrap_or(0);
        first = (marked + 1).saturating_sub(room);
    }
    let shown = body.into_iter().skip(first).take(room);
    lines.extend(shown);
    lines.resize(height.saturating_sub(foot.len()), Line::new());
    lines.extend(foot);
    lines.truncate(height);
    (lines, furthest)
}

/// The course, the book's address and how far the preparation is, in one line. Where the window
/// is too narrow for it, the address has lines of its own: without all of it nothing opens.
fn head(state: &State, show: &Show<'_>, width: usize) -> Vec<Line> {
    let mut line = vec![span(state.course.clone(), BOLD)];
    let letters: Vec<char> = show.address.chars().collect();
    let mut lines = Vec::new();
    if length(&state.course) + 2 + letters.len() <= width {
        line.extend([span("  ", PLAIN), span(show.address, PLAIN)]);
    } else {
        let pieces = letters.chunks(width.max(1));
        lines.extend(pieces.map(|piece| plain(piece.iter().collect::<String>())));
    }
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
    lines.insert(0, line);
    lines
}

/// What is told once, and a line of keys; also those that scroll, where there is `more`. Where the line is too long
/// for the window, the keys that are least asked for are left out, and the one that shows all of them comes in.
fn foot_of(show: &Show<'_>, (width, height): (usize, usize), more: bool) -> Vec<Line> {
    let keys: &[(&str, &str)] = match show.looking {
        Looking::Reset => &[("y", "put the stub back"), ("any other key", "leave it")],
        Looking::List(_) => &[("↑↓", "choose"), ("enter", "go there"), ("l", "back")],
        Looking::Keys => &[("?", "back"), ("q", "quit")],
        _ => &KEYS,
    };
    let keys = keys.iter().filter(|(_, what)| more || *what != "scroll");
    let mut keys: Vec<(&str, &str)> = keys.copied().collect();
    for what in LEAST_FIRST {
        let wide = |(key, what): &(&str, &str)| length(key) + length(what) + 3;
        // The last two spaces may fall off.
        if keys.iter().map(wide).sum::<usize>() <= width + 2 {
            break;
        }
        keys.retain(|(_, it)| *it != what);
        if !keys.contains(&ALL_KEYS) && keys.last().is_some_and(|(key, _)| *key == "q") {
            keys.insert(keys.len() - 1, ALL_KEYS);
        }
    }
    let mut lines = Vec::new();
    if !show.word.is_empty() || height >= ROOMY {
        let word = vec![span(one_line(show.word, 800), BOLD)];
        lines = wrapped(vec![word], width);
    }
    let line = keys
        .into_iter()
        .flat_map(|(key, what)| [span(key, BOLD), span(format!(" {what}  "), DIM)]);
    lines.push(line.collect());
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
            plain(format!("Put the stub `{}` back?", drill.file)),
            plain("What you have is kept in `.learner/backups/`."),
        ],
        Looking::Keys => all_keys(),
    }
}

fn list(state: &State, marked: usize) -> Vec<Line> {
    let listed = || {
        let all = state.drills.iter().enumerate();
        all.filter(|(_, drill)| drill.is_listed())
    };
    let width = listed().map(|(_, drill)| drill.named().len()).max();
    let width = width.unwrap_or_default();
    let row = |(number, drill): (usize, &DrillNow)| {
        let mark = if number == marked { MARK } else { "  " };
        let (word, style) = standing(drill);
        let mut line = vec![
            span(mark, BOLD),
            span(format!("{:width$}  ", drill.named()), PLAIN),
            span(format!("{word:<17}"), style),
            span(drill.title.clone(), PLAIN),
        ];
        if drill.changed_upstream {
            line.push(span("  its stub has changed", DIM));
        }
        line
    };
    listed().map(row).collect()
}

fn all_keys() -> Vec<Line> {
    let keys = [
        ("n", "the next drill"),
        ("l", "the list of drills"),
        ("h", "a hint; once more, one more"),
        ("p", "a failing schedule; once more, the next"),
        ("r", "put the stub back; what you have is kept"),
        ("o", "open the drill's page in the browser"),
        ("↑ ↓  j k", "scroll by a line"),
        ("PgUp PgDn space", "scroll by ten"),
        ("Home End  g G", "to the beginning, to the end"),
        ("Esc", "back to the verdict"),
        ("?", "these keys"),
        ("Ctrl-Z", "to the shell; `fg` comes back"),
        ("q", "quit"),
    ];
    let line = |(key, what): (&str, &str)| {
        vec![
            span(format!("{key:<17}"), BOLD),
            span(what.to_owned(), PLAIN),
        ]
    };
    keys.into_iter().map(line).collect()
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
