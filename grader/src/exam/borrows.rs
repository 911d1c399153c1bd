//! The commonest panic of all, told once and with its cause: a `RefCell` is borrowed by one
//! request while another one, suspended at an await, still holds its own borrow.

use play::evidence::{Evidence, Fact};
use play::judge::{Kind, Violation};

/// What to ask oneself then.
pub(super) const HINT: &str = "a borrow lasts as long as its guard does: which line takes it, and is there an await before the guard is dropped? See the page \u{201c}A borrow across an await\u{201d} (`refcell.html` in the book)";

/// Parts of the standard library's messages.
const ALREADY: [&str; 4] = [
    "already borrowed",
    "already mutably borrowed",
    "BorrowMutError",
    "BorrowError",
];

/// What a message says of a panic after the request's number.
fn panic_in(message: &str) -> Option<&str> {
    let (who, what) = message.split_once(" panicked: ")?;
    let what = what.split_once("; ").map_or(what, |(what, _)| what);
    who.starts_with("request ").then_some(what)
}

/// Whether a decision tells the same panic at the same place, of whichever request.
pub(super) fn is_same_panic(decision: &str, violation: &Violation) -> bool {
    let found = panic_in(&violation.message);
    found.is_some() && found == panic_in(decision)
}

/// Which suspended request holds a borrow that another one ran into, in words to follow the
/// message.
pub(super) fn still_held(evidence: &Evidence, violation: &Violation) -> Option<String> {
    let what = panic_in(&violation.message).filter(|_| violation.kind == Kind::Panicked)?;
    if !ALREADY.iter().any(|part| what.contains(part)) {
        return None;
    }
    let is_it = |fact: &Fact| matches!(fact, Fact::Panicked { .. });
    let entries = evidence.entries();
    let end = entries
        .iter()
        .position(|entry| entry.turn == violation.turn && is_it(&entry.fact))?;
    // Operations that are under way then, with the requests that began them.
    let mut open: Vec<(u32, u32)> = Vec::new();
    for entry in &entries[..end] {
        match entry.fact {
            Fact::Began { operation } => {
                let begun = evidence.operation(operation);
                let of_key = |key| evidence.requests().find(|(_, it)| it.key == key);
                let asked = || of_key(begun?.key?).map(|(number, _)| number);
                let request = begun.and_then(|it| it.request).or_else(asked);
                open.extend(request.map(|request| (operation, request)));
            }
            Fact::Delivered { operation } | Fact::Dropped { operation } => {
                open.retain(|(number, _)| *number != operation);
            }
            _ => {}
        }
    }
    let (operation, request) = *open.first()?;
    let noun = evidence.noun(operation);
    Some(format!(
        "; request {request} is suspended while it awaits {noun} {operation}, and still holds its borrow"
    ))
}
