//! A timeline as a figure: its lines as a list, and beside them a lane for each
//! request and each operation from its beginning to its end. The lanes add nothing to
//! the lines, so screen readers skip them.

use maud::{Markup, html};

use super::line;
use crate::grade::verdict::CheckResult;
use play::timeline::{Moment, Subject, What};

/// With more lanes, a phone has no room for words; then only marks are drawn.
const MOST_LANES: usize = 8;

/// One lane beside one line.
#[derive(Clone, Copy)]
struct Cell {
    of: Subject,
    /// Whether it continues above, and below.
    above: bool,
    below: bool,
    mark: Option<What>,
}

/// The legend of the marks, which the page shows once.
pub(super) fn legend() -> Markup {
    let marks = [
        (What::Begins, "begins"),
        (What::GoesOn, "goes on"),
        (What::Succeeds, "ends with success"),
        (What::Fails, "ends with an error or a panic"),
        (What::Dropped, "is dropped"),
    ];
    html! {
        p.legend {
            "Read from top to bottom. A lane is a request (r) or an operation, by its first letter (f for a fetch, h for a hash): "
            @for (place, (mark, words)) in (0..).zip(marks) {
                @if place > 0 { ", " }
                span.key { (drawn(mark)) " " (words) }
            }
            ". Lines that follow from another are indented."
        }
    }
}

/// The subject of a lane: its noun and its number.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Lane<'a> {
    of: Subject,
    noun: &'a str,
    number: u32,
}

/// What happens in a line, and in which lane.
type Happens<'a> = Option<(Lane<'a>, What)>;

fn happens(moment: &Option<Moment>) -> Happens<'_> {
    let moment = moment.as_ref()?;
    let lane = Lane {
        of: moment.of,
        noun: &moment.noun,
        number: moment.number,
    };
    Some((lane, moment.what))
}

/// The figure of a check's timeline.
pub(super) fn of(check: &CheckResult) -> Markup {
    // A record of an older grader has lines but no moments.
    let moments = check.moments.iter().map(happens);
    let moments: Vec<Happens<'_>> = moments
        .chain(std::iter::repeat(None))
        .take(check.timeline.len())
        .collect();
    let subjects = subjects(&moments);
    let narrow = subjects.len() > MOST_LANES;
    let lanes = match narrow {
        true => moments.iter().map(|moment| alone(*moment)).collect(),
        false => side_by_side(&subjects, &moments),
    };
    html! {
        @if !narrow && !subjects.is_empty() {
            p.lanes aria-hidden="true" { @for lane in &subjects { i { (letter(*lane)) } } }
        }
        ol.timeline role="list" {
            @for (text, cells) in check.timeline.iter().zip(lanes) {
                @let (kind, said) = classified(text);
                li class=(kind) {
                    span.lanes aria-hidden="true" { @for cell in cells { (drawn_cell(cell)) } }
                    span.said { (line(said)) }
                }
            }
        }
    }
}

/// The kind of a line, and its words without the mark of the kind.
fn classified(line: &str) -> (&'static str, &str) {
    match line.strip_prefix("=>") {
        Some(said) => ("broken", said.trim()),
        None if line.starts_with(' ') => ("follows", line.trim()),
        None => ("turn", line),
    }
}

/// Everything that has a lane, in the order of first appearance.
fn subjects<'a>(moments: &[Happens<'a>]) -> Vec<Lane<'a>> {
    let mut subjects = Vec::new();
    for (lane, _) in moments.iter().flatten() {
        if !subjects.contains(lane) {
            subjects.push(*lane);
        }
    }
    subjects
}

/// The lanes beside each line.
fn side_by_side(subjects: &[Lane<'_>], moments: &[Happens<'_>]) -> Vec<Vec<Option<Cell>>> {
    let mut live = vec![false; subjects.len()];
    let beside = |happens: &Happens<'_>| {
        let cell = |(lane, live): (&Lane<'_>, &mut bool)| {
            let mark = happens
                .filter(|(whose, _)| whose == lane)
                .map(|(_, what)| what);
            let above = *live;
            *live = match mark {
                None => *live,
                Some(What::Begins | What::GoesOn) => true,
                Some(What::Succeeds | What::Fails | What::Dropped) => false,
            };
            (above || *live || mark.is_some()).then_some(Cell {
                of: lane.of,
                above,
                below: *live,
                mark,
            })
        };
        subjects.iter().zip(&mut live).map(cell).collect()
    };
    moments.iter().map(beside).collect()
}

/// A mark without lanes.
fn alone(happens: Happens<'_>) -> Vec<Option<Cell>> {
    let cell = happens.map(|(lane, what)| Cell {
        of: lane.of,
        above: false,
        below: false,
        mark: Some(what),
    });
    vec![cell]
}

fn drawn_cell(cell: Option<Cell>) -> Markup {
    let Some(cell) = cell else {
        return html! { i {} };
    };
    let kind = match cell.of {
        Subject::Request => "request",
        Subject::Operation => "work",
    };
    let through = match (cell.above, cell.below) {
        (true, true) => "through",
        (true, false) => "above",
        (false, true) => "below",
        (false, false) => "point",
    };
    html! { i class={ (kind) " " (through) } { @if let Some(mark) = cell.mark { (drawn(mark)) } } }
}

fn letter(lane: Lane<'_>) -> String {
    let first = lane.noun.chars().next().unwrap_or('?');
    // A read is not a request.
    let first = match (lane.of, first) {
        (Subject::Operation, 'r') => 'R',
        (_, first) => first,
    };
    format!("{first}{}", lane.number)
}

/// A mark as the book draws the ends of its lanes.
fn drawn(mark: What) -> Markup {
    let (class, path) = match mark {
        What::Begins => ("begins", "M-4 0 A4 4 0 0 1 4 0 A4 4 0 0 1 -4 0 Z"),
        What::GoesOn => ("goes-on", "M-4 0 A4 4 0 0 1 4 0 A4 4 0 0 1 -4 0 Z"),
        What::Succeeds => ("succeeds", "M-5 0 L-1.5 4 L5 -4"),
        What::Fails => ("fails", "M-4 -4 L4 4 M4 -4 L-4 4"),
        What::Dropped => ("dropped", "M-5 0 H5"),
    };
    html! { svg.mark.(class) aria-hidden="true" viewBox="-8 -8 16 16" { path d=(path) {} } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(of: Subject, noun: &str, number: u32, what: What) -> Option<Moment> {
        Some(Moment {
            of,
            noun: noun.to_owned(),
            number,
            what,
        })
    }

    /// The lanes as text: a line for each line, a letter or two for each lane.
    fn drawn_as_text(moments: &[Option<Moment>]) -> Vec<String> {
        let moments: Vec<_> = moments.iter().map(happens).collect();
        let cell = |cell: &Option<Cell>| match cell {
            None => ' ',
            Some(Cell { mark: None, .. }) => '|',
            Some(Cell {
                mark: Some(What::Begins),
                ..
            }) => 'o',
            Some(Cell {
                mark: Some(What::Dropped),
                ..
            }) => '-',
            Some(_) => 'x',
        };
        let lanes = side_by_side(&subjects(&moments), &moments);
        lanes
            .iter()
            .map(|cells| cells.iter().map(cell).collect())
            .collect()
    }

    #[test]
    fn a_lane_goes_from_where_something_begins_to_where_it_ends() {
        use Subject::{Operation, Request};
        let lanes = drawn_as_text(&[
            moment(Request, "request", 1, What::Begins),
            moment(Operation, "fetch", 1, What::Begins),
            moment(Request, "request", 2, What::Begins),
            moment(Request, "request", 1, What::Dropped),
            None,
            None,
        ]);
        // Its lane does not end: that is the mistake.
        assert_eq!(lanes, ["o  ", "|o ", "||o", "-||", " ||", " ||"]);
    }
}
