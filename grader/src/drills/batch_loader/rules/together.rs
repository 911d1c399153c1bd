//! Whether requests that are there together go out together. The main function is
//! [`split`].

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Call, Record};
use play::judge::{Kind, Violation};
use play::schedule::{Action, Settle};
use play::text::count;

/// So many requests are surely polled one after the other, with no other task in between.
const MOST: usize = 32;

/// Requests that started with nothing polled in between, and went out in more calls than
/// that takes.
pub(super) fn split(record: &Record<'_>) -> Option<Violation> {
    let groups = groups(record);
    groups.iter().find_map(|group| group.wrong(record, &groups))
}

/// The numbers of requests that start in turns that follow each other, and in which nothing
/// is polled before the last.
fn groups(record: &Record<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut is_open = false;
    let mut next = 1;
    for turn in record.evidence.turns() {
        let Action::Start { again, .. } = turn.action else {
            is_open = false;
            continue;
        };
        let request = next;
        // A caller that may ask again has the number after its own for that.
        next += if again { 2 } else { 1 };
        match groups.last_mut() {
            Some(group) if is_open && !again => group.requests.end = request + 1,
            _ => groups.push(Group {
                requests: request..request + 1,
            }),
        }
        is_open = turn.settle == Settle::Polls(0) && !again;
    }
    groups
}

/// Whether two requests surely go out in one call: they started together, with no more than
/// fit one, and nothing was under way or waited for.
pub(super) fn go_together(record: &Record<'_>, one: u32, other: u32) -> bool {
    let has = |group: &Group, request| group.requests.contains(&request);
    let groups = groups(record);
    let group = groups.iter().find(|group| has(group, one));
    let Some(group) = group.filter(|group| has(group, other)) else {
        return false;
    };
    let Some(first) = record.requests.get(&group.requests.start) else {
        return false;
    };
    let began = first.started;
    let waits =
        |it: &super::Request| it.started < began && it.ended.is_none_or(|ended| ended > began);
    group.requests.len() <= record.max.min(MOST)
        && !one_is_out(record, began)
        && !record.requests.values().any(waits)
}

/// Whether a call is under way at a place.
fn one_is_out(record: &Record<'_>, at: usize) -> bool {
    let is_out = |call: &Call| call.began < at && call.closed.is_none_or(|closed| closed > at);
    record.calls.values().any(is_out)
}

struct Group {
    requests: Range<u32>,
}

impl Group {
    fn wrong(&self, record: &Record<'_>, groups: &[Group]) -> Option<Violation> {
        let keys: Vec<u32> = self
            .requests
            .clone()
            .filter_map(|request| Some(record.requests.get(&request)?.key))
            .collect();
        let distinct: BTreeSet<u32> = keys.iter().copied().collect();
        let is_judged = keys.len() <= MOST
            && keys.len() == self.requests.len()
            && (distinct.len() == keys.len() || keys.len() <= record.max);
        if !is_judged {
            return None;
        }
        let began = record.requests.get(&self.requests.start)?.started;
        // Where all of them have gone out.
        let served = |request| record.call_for(request, began);
        let served: Option<Vec<(u32, usize)>> = self.requests.clone().map(served).collect();
        let served = served?;
        let calls: BTreeSet<u32> = served.iter().map(|(call, _)| *call).collect();
        let shown = served.iter().map(|(_, shown)| *shown).max()?;
        let last = *calls.last()?;
        let until = record.calls.get(&last)?.began;
        let is_before = |at: usize| at < until;
        if record.hung_up.is_some_and(is_before)
            || record.panics.is_some_and(|(first, _)| is_before(first))
        {
            return None;
        }
        let others = self.others(record, began, until);
        let mut all = distinct.clone();
        all.extend(others.iter().map(|(_, it)| it.key));
        let takes = all.len().div_ceil(record.max);
        // What was there before in one turn may be about to go out by itself.
        let has_waited = |group: &&Group| {
            let mut waited = others.iter().filter(|(_, it)| it.started < began);
            waited.any(|(number, _)| group.requests.contains(number))
        };
        let turns_before = groups.iter().filter(has_waited).count();
        let may = takes + turns_before.max(usize::from(one_is_out(record, began)));
        if calls.len() <= may {
            return None;
        }
        let turn = record.evidence.entries().get(shown)?.turn;
        let what = match keys.len() {
            1 => format!("request {} went out", self.requests.start),
            many => format!(
                "{many} requests that started together, for {}, went out",
                count(distinct.len(), "item", "items"),
            ),
        };
        Some(Violation {
            kind: Kind::Split,
            turn,
            message: format!(
                "{what} in {}; with `max_batch` = {} it takes {takes}",
                count(calls.len(), "call", "calls"),
                record.max,
            ),
        })
    }

    /// The requests of others that may be in the same calls.
    fn others<'r>(
        &self,
        record: &'r Record<'_>,
        began: usize,
        until: usize,
    ) -> Vec<(&'r u32, &'r super::Request)> {
        let is_other = |(number, it): &(&u32, &super::Request)| {
            let went_out = |call: &Call| {
                it.polled.is_some_and(|polled| call.began > polled)
                    && call.began < began
                    && call.keys.contains(&it.key)
            };
            !self.requests.contains(*number)
                && it.started < until
                && it.ended.is_none_or(|ended| ended > began)
                && !record.calls.values().any(went_out)
        };
        record.requests.iter().filter(is_other).collect()
    }
}
