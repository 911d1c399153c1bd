//! What only shows for certain numbers: ids that look like others, and how many requests came before.

use super::{then_all_answered, then_each_is_served};
use play::evidence::{Evidence, FAR_AWAY, FAR_KEYS, WITH_ID_ZERO};
use play::schedule::{Action, FIRST_KEY, Turn};

/// Keys whose ids are easily mistaken for each other.
pub(in crate::drills) fn alike_keys() -> impl Iterator<Item = u32> + Clone {
    let far = FAR_AWAY..FAR_AWAY + FAR_KEYS;
    std::iter::once(FIRST_KEY).chain(far).chain([WITH_ID_ZERO])
}

/// So many requests about each of the keys whose ids are easily mistaken, all of which are
/// unfinished together. It ends there if one of them waits although nothing is under way for
/// its key.
pub(in crate::drills) fn of_alike_keys(evidence: &Evidence, each: usize) -> Option<Turn> {
    if let Some(key) = alike_keys().nth(evidence.started() / each) {
        return Some(Turn::full(Action::ask(key)));
    }
    then_each_is_served(evidence)
}

/// Where pairs begin, counted in requests, and after how many polls of its first the second of
/// each pair comes.
pub(in crate::drills) const PAIRS: [(usize, u32); 6] =
    [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)];

/// So many requests come in pairs where nothing limits them.
pub(in crate::drills) const PAIRED: usize = 70;

/// Requests come in pairs, each of which finds the loop at rest; the first may be alone. What is
/// done for every so many requests is done once between the two of a pair, however many that are.
/// A request follows from the number of its pair and its place in it.
pub(in crate::drills) fn in_pairs(
    evidence: &Evidence,
    (alone, polls): (usize, u32),
    requests: usize,
    start: impl Fn(u32, u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    let place = (started + alone) as u32;
    let next = || start(place / 2, place % 2);
    let is_second = started > alone && (started - alone) % 2 == 1;
    let is_over = evidence.is_over();
    match started < requests {
        true if is_second || is_over && started < alone => Some(Turn::full(next())),
        true if is_over => Some(Turn::partial(next(), polls)),
        _ => then_all_answered(evidence),
    }
}
