//! A timeline as a figure: its lines as a list, and beside them a lane for each
//! request, fetch and hash from its beginning to its end. The lanes say nothing that
//! the lines do not say, so they are an ornament to whoever hears the page.

use maud::{Markup, html};

use super::line;
use play::timeline::{Moment, Subject, moment};

/// More lanes than these leave no room for words on a phone; then there are only marks.
const MOST_LANES: usize = 8;

/// One lane beside one line.
#[derive(Clone, Copy)]
struct Cell {
    subject: Subject,
    /// Whether it goes on above, and below.
    above: bool,
    below: bool,
    mark: Option<Moment>,
}

/// What the marks mean, for the page to say once.
pub(super) fn legend() -> Markup {
    let marks = [
        (Moment::Begins, "begins"),
        (Moment::GoesOn, "goes on"),
        (Moment::Succeeds, "ends as it should"),
        (Moment::Fails, "ends with an error or a panic"),
        (Moment::Dropped, "is dropped"),
    ];
    html! {
        p.legend {
            "From top to bottom, one thing after the other. A lane is a request (r), a fetch (f) or a hash (h): "
            @for (place, (mark, words)) in (0..).zip(marks) {
                @if place > 0 { ", " }
                span.key { (drawn(mark)) " " (words) }
            }
            ". What follows from a line stands further in."
        }
    }
}

/// The figure of a timeline.
pub(super) fn of(timeline: &[String]) -> Markup {
    let moments: Vec<Option<(Subject, Moment)>> =
        timeline.iter().map(|line| moment(line)).collect();
    let subjects = subjects(&moments);
    let narrow = subjects.len() > MOST_LANES;
    let lanes = match narrow {
        true => moments.iter().map(|moment| alone(*moment)).collect(),
        false => side_by_side(&subjects, &moments),
    };
    html! {
        @if !narrow && !subjects.is_empty() {
            p.lanes aria-hidden="true" { @for subject in &subjects { i { (letter(*subject)) } } }
        }
        ol.timeline role="list" {
            @for (text, cells) in timeline.iter().zip(lanes) {
                @let (kind, said) = told(text);
                li class=(kind) {
                    span.lanes aria-hidden="true" { @for cell in cells { (drawn_cell(cell)) } }
                    span.said { (line(said)) }
                }
            }
        }
    }
}

/// What kind of line it is, and its words without the mark of that.
fn told(line: &str) -> (&'static str, &str) {
    match line.strip_prefix("=>") {
        Some(said) => ("broken", said.trim()),
        None if line.starts_with(' ') => ("follows", line.trim()),
        None => ("turn", line),
    }
}

/// Everything that has a lane, in the order in which it is first met.
fn subjects(moments: &[Option<(Subject, Moment)>]) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for (subject, _) in moments.iter().flatten() {
        if !subjects.contains(subject) {
            subjects.push(*subject);
        }
    }
    subjects
}

/// The lanes beside each line.
fn side_by_side(
    subjects: &[Subject],
    moments: &[Option<(Subject, Moment)>],
) -> Vec<Vec<Option<Cell>>> {
    let mut live = vec![false; subjects.len()];
    let beside = |happens: &Option<(Subject, Moment)>| {
        let cell = |(subject, live): (&Subject, &mut bool)| {
            let mark = happens
                .filter(|(whose, _)| whose == subject)
                .map(|(_, moment)| moment);
            let above = *live;
            *live = match mark {
                None => *live,
                Some(Moment::Begins | Moment::GoesOn) => true,
                Some(Moment::Succeeds | Moment::Fails | Moment::Dropped) => false,
            };
            (above || *live || mark.is_some()).then_some(Cell {
                subject: *subject,
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
fn alone(happens: Option<(Subject, Moment)>) -> Vec<Option<Cell>> {
    let cell = happens.map(|(subject, moment)| Cell {
        subject,
        above: false,
        below: false,
        mark: Some(moment),
    });
    vec![cell]
}

fn drawn_cell(cell: Option<Cell>) -> Markup {
    let Some(cell) = cell else {
        return html! { i {} };
    };
    let kind = match cell.subject {
        Subject::Request(_) => "request",
        Subject::Fetch(_) | Subject::Hash(_) => "work",
    };
    let through = match (cell.above, cell.below) {
        (true, true) => "through",
        (true, false) => "above",
        (false, true) => "below",
        (false, false) => "point",
    };
    html! { i class={ (kind) " " (through) } { @if let Some(mark) = cell.mark { (drawn(mark)) } } }
}

fn letter(subject: Subject) -> String {
    match subject {
        Subject::Request(number) => format!("r{number}"),
        Subject::Fetch(number) => format!("f{number}"),
        Subject::Hash(number) => format!("h{number}"),
    }
}

/// A mark as the book draws the ends of its lanes.
fn drawn(mark: Moment) -> Markup {
    let (class, path) = match mark {
        Moment::Begins => ("begins", "M-4 0 A4 4 0 0 1 4 0 A4 4 0 0 1 -4 0 Z"),
        Moment::GoesOn => ("goes-on", "M-4 0 A4 4 0 0 1 4 0 A4 4 0 0 1 -4 0 Z"),
        Moment::Succeeds => ("succeeds", "M-5 0 L-1.5 4 L5 -4"),
        Moment::Fails => ("fails", "M-4 -4 L4 4 M4 -4 L-4 4"),
        Moment::Dropped => ("dropped", "M-5 0 H5"),
    };
    html! { svg.mark.(class) aria-hidden="true" viewBox="-8 -8 16 16" { path d=(path) {} } }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lanes as text: a line for each line, a letter or two for each lane.
    fn drawn_as_text(timeline: &[&str]) -> Vec<String> {
        let timeline: Vec<String> = timeline.iter().map(|line| (*line).to_owned()).collect();
        let moments: Vec<_> = timeline.iter().map(|line| moment(line)).collect();
        let cell = |cell: &Option<Cell>| match cell {
            None => ' ',
            Some(Cell { mark: None, .. }) => '|',
            Some(Cell {
                mark: Some(Moment::Begins),
                ..
            }) => 'o',
            Some(Cell {
                mark: Some(Moment::Dropped),
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
        let lanes = drawn_as_text(&[
            "request 1 asks for user 7",
            "  fetch 1 begins, for user 7",
            "request 2 asks for user 7",
            "the caller of request 1 is dropped",
            "60 s pass",
            "=> request 2 waits for a fetch that nobody is running",
        ]);
        // It is left with a lane that does not end: that is the mistake.
        assert_eq!(lanes, ["o  ", "|o ", "||o", "-||", " ||", " ||"]);
    }
}
