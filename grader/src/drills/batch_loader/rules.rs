//! The rules of `batch_loader`: what each call asks for, and what requests are told.

mod together;

use std::collections::BTreeMap;

use protocol::Value;

use crate::drills::{common, line};
use play::evidence::{Evidence, Fact, Operation, RequestState, Returned};
use play::judge::{Kind, Rules, Violation};
use play::schedule::Outcome;
use play::text::{count, one_line};
use play::world::World;
use play::world::bulk::{Bulk, POLLED, is_unknown, keys_of, max_batch};

/// Judges a loader of items.
pub(super) struct Loading;

impl Rules for Loading {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let mut violations: Vec<Violation> = common::constructor(evidence).into_iter().collect();
        let mut record = Record::of(evidence);
        violations.extend(common::followed(evidence, |at, fact| record.note(at, fact)));
        violations.extend(together::split(&record));
        violations.extend(waits_for_the_clock(evidence));
        violations.extend(common::hang(evidence));
        violations.extend(common::polling(evidence));
        violations.extend(common::late(evidence));
        violations.extend(line::first_polls(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }

    fn minds_polling(&self) -> bool {
        true
    }
}

/// What happened only because time passed: every task rested before.
fn waits_for_the_clock(evidence: &Evidence) -> Option<Violation> {
    let mut rests = true;
    let mut turn = None;
    let mut rested = true;
    for entry in evidence.entries() {
        if turn.replace(entry.turn) != Some(entry.turn) {
            rested = rests;
        }
        let what = match entry.fact {
            Fact::Settled { idle, .. } => {
                rests = idle;
                continue;
            }
            Fact::Began { operation } => format!("call {operation} went out"),
            Fact::Returned { request, .. } => format!("request {request} returned"),
            _ => continue,
        };
        if rested && common::is_pass(evidence, entry.turn) {
            return Some(Violation {
                kind: Kind::Polling,
                turn: entry.turn,
                message: format!(
                    "{what} only when time had passed, and nothing else had happened meanwhile"
                ),
            });
        }
    }
    None
}

/// One call of `load`. All places are places among the facts.
struct Request {
    key: u32,
    /// Where it started.
    started: usize,
    /// Where it was first polled: a call that went out before cannot be for it.
    polled: Option<usize>,
    /// Where it ended, or its caller was dropped.
    ended: Option<usize>,
    /// The call whose item it returned.
    brought_by: Option<u32>,
}

/// One call that went out.
struct Call {
    keys: Vec<u32>,
    /// Where it went out.
    began: usize,
    /// Where its answer was received, and how it had ended.
    over: Option<(usize, Outcome)>,
    /// Where it was answered or dropped.
    closed: Option<usize>,
}

impl Call {
    fn error(&self) -> Option<u8> {
        match self.over?.1 {
            Outcome::Error(error) => Some(error),
            _ => None,
        }
    }
}

/// Follows a run.
struct Record<'e> {
    evidence: &'e Evidence,
    max: usize,
    requests: BTreeMap<u32, Request>,
    calls: BTreeMap<u32, Call>,
    /// Where the submission first received a panic, and last.
    panics: Option<(usize, usize)>,
    /// Where a caller was first dropped.
    hung_up: Option<usize>,
}

type Wrongs = Vec<(Kind, String)>;

impl<'e> Record<'e> {
    fn of(evidence: &'e Evidence) -> Record<'e> {
        Record {
            evidence,
            max: max_batch(evidence),
            requests: BTreeMap::new(),
            calls: BTreeMap::new(),
            panics: None,
            hung_up: None,
        }
    }

    fn note(&mut self, at: usize, fact: &Fact) -> Wrongs {
        match fact {
            Fact::Started { request, .. } => {
                let started = Request {
                    key: self.evidence.request(*request).map_or(0, |it| it.key),
                    started: at,
                    polled: None,
                    ended: None,
                    brought_by: None,
                };
                self.requests.insert(*request, started);
            }
            Fact::Noted {
                kind,
                request: Some(request),
                ..
            } if kind == POLLED => {
                if let Some(request) = self.requests.get_mut(request) {
                    request.polled.get_or_insert(at);
                }
            }
            Fact::HungUp { request } => {
                self.hung_up.get_or_insert(at);
                self.ends(*request, at);
            }
            Fact::Began { operation } => return self.began(at, *operation),
            Fact::Answered { operation, .. } | Fact::Dropped { operation } => {
                if let Some(call) = self.calls.get_mut(operation) {
                    call.closed.get_or_insert(at);
                }
            }
            Fact::Delivered { operation } => self.delivered(at, *operation),
            Fact::Returned { request, answer } => {
                let wrong = self.returned(*request, answer);
                if let (Returned::Of { operation }, Some(it)) =
                    (answer, self.requests.get_mut(request))
                {
                    it.brought_by = Some(*operation);
                }
                self.ends(*request, at);
                return wrong.into_iter().collect();
            }
            Fact::Panicked { request, message } => {
                let suffers = self.may_suffer(*request);
                self.ends(*request, at);
                let message = format!("request {request} panicked: {}", one_line(message, 200));
                let wrong = (!suffers).then_some((Kind::Panicked, message));
                return wrong.into_iter().collect();
            }
            _ => {}
        }
        Vec::new()
    }

    fn ends(&mut self, request: u32, at: usize) {
        if let Some(request) = self.requests.get_mut(&request) {
            request.ended.get_or_insert(at);
        }
    }

    fn delivered(&mut self, at: usize, operation: u32) {
        let outcome = self.evidence.operation(operation).and_then(|it| it.outcome);
        let (Some(call), Some(outcome)) = (self.calls.get_mut(&operation), outcome) else {
            return;
        };
        call.over.get_or_insert((at, outcome));
        if outcome == Outcome::Panic {
            let first = self.panics.map_or(at, |(first, _)| first);
            self.panics = Some((first, at));
        }
    }

    /// A call went out: may it, and with these ids?
    fn began(&mut self, at: usize, operation: u32) -> Wrongs {
        let Some(it) = self.evidence.operation(operation) else {
            return Vec::new();
        };
        let mut wrong = Vec::new();
        wrong.extend(self.out_of_limits(operation, it));
        let keys: Vec<u32> = keys_of(self.evidence, it).flatten().collect();
        if keys.len() < it.arguments.len() {
            let message = format!("call {operation} asks for an item that nobody has asked for");
            wrong.push((Kind::Unexplained, message));
        }
        let call = Call {
            keys,
            began: at,
            over: None,
            closed: None,
        };
        self.calls.insert(operation, call);
        wrong.extend(self.needless(operation));
        wrong
    }

    fn out_of_limits(&self, operation: u32, it: &Operation) -> Wrongs {
        let mut wrong = Vec::new();
        let ids = &it.arguments;
        if ids.is_empty() {
            wrong.push((
                Kind::EmptyCall,
                format!("call {operation} asks for nothing"),
            ));
        }
        if ids.len() > self.max {
            let message = format!(
                "call {operation} has {}, and `max_batch` is {}",
                count(ids.len(), "id", "ids"),
                self.max,
            );
            wrong.push((Kind::OverLimit, message));
        }
        let twice = |(place, id): &(usize, &Value)| ids[..*place].contains(id);
        if let Some((_, id)) = ids.iter().enumerate().find(twice) {
            let message = match self.evidence.known_key(id) {
                Some(key) => format!("call {operation} has the id of item {key} twice"),
                None => format!("call {operation} has an id twice"),
            };
            wrong.push((Kind::Twice, message));
        }
        wrong
    }

    /// An id goes out more often than it was asked for. After a dropped caller or a panic
    /// it may.
    fn needless(&self, operation: u32) -> Option<(Kind, String)> {
        if self.hung_up.is_some() || self.panics.is_some() {
            return None;
        }
        let asked = |key: u32| {
            let of_key = self.requests.values().filter(|it| it.key == key);
            of_key.filter(|it| it.polled.is_some()).count()
        };
        let sent = |key: u32| {
            let calls = self.calls.values();
            calls.filter(|call| call.keys.contains(&key)).count()
        };
        let keys = &self.calls.get(&operation)?.keys;
        let key = keys.iter().copied().find(|key| sent(*key) > asked(*key))?;
        let (sent, asked) = (sent(key), asked(key));
        let message = format!(
            "item {key} is in call {operation}: that is in {}, and it was asked for by {}",
            count(sent, "call", "calls"),
            count(asked, "request", "requests"),
        );
        Some((Kind::NeedlessFetch, message))
    }

    /// A call in which the request's id surely went out for the request itself, and which
    /// failed: nobody else who had asked for that item could still be waiting, unless it went out
    /// together with the request.
    fn own_failure(&self, request: u32) -> Option<(u32, u8)> {
        let it = self.requests.get(&request)?;
        let polled = it.polled?;
        // Until it was over, no other call was made for the item.
        let is_only_one = |call: &Call| {
            let meanwhile = |it: &Call| call.over.is_none_or(|(over, _)| it.began < over);
            let of_item = self
                .calls
                .values()
                .filter(|call| call.keys.contains(&it.key));
            of_item
                .filter(|it| it.began > polled && meanwhile(it))
                .count()
                == 1
        };
        let is_own = |call: &Call| {
            let others = self.requests.iter().filter(|(number, other)| {
                **number != request && other.key == it.key && other.started < call.began
            });
            let mut told = others.map(|(number, other)| {
                let left = self.evidence.request(*number).map(|it| it.state);
                let is_told = other.ended.is_some_and(|ended| ended < call.began);
                let is_with_it = || {
                    is_only_one(call)
                        && other.polled.is_some_and(|polled| polled < call.began)
                        && together::go_together(self, request, *number)
                };
                left != Some(RequestState::HungUp) && (is_told || is_with_it())
            });
            call.keys.contains(&it.key) && call.began > polled && told.all(|told| told)
        };
        let mut own = self.calls.iter().filter(|(_, call)| is_own(call));
        own.find_map(|(number, call)| Some((*number, call.error()?)))
    }

    /// The only call for an item that went out after a request had asked for it, if it failed,
    /// with the error.
    fn failed_after_it_asked(&self, it: &Request) -> Option<(u32, u8)> {
        let polled = it.polled?;
        let is_later = |call: &Call| call.began > polled && call.keys.contains(&it.key);
        let mut later = self.calls.iter().filter(|(_, call)| is_later(call));
        match (later.next()?, later.next()) {
            ((number, call), None) => Some((*number, call.error()?)),
            _ => None,
        }
    }

    /// The call by which a request was served, of those that went out after a place: the one
    /// that it returned, or the first one for its item. And where that shows.
    fn call_for(&self, request: u32, after: usize) -> Option<(u32, usize)> {
        let it = self.requests.get(&request)?;
        let is_for_it = |call: &Call| call.began > after && call.keys.contains(&it.key);
        let mut for_it = self.calls.iter().filter(|(_, call)| is_for_it(call));
        let (first, call) = for_it.next()?;
        // After an error or a panic it may have been asked for again.
        let failed = call.over.is_some_and(|(_, outcome)| !outcome.is_value());
        let brought_by = it.brought_by.filter(|by| by != first && !failed);
        match brought_by.zip(it.ended) {
            Some((by, ended)) if self.calls.get(&by).is_some_and(is_for_it) => Some((by, ended)),
            _ => Some((*first, call.began)),
        }
    }

    fn returned(&self, request: u32, answer: &Returned) -> Option<(Kind, String)> {
        let it = self.requests.get(&request)?;
        let key = it.key;
        let told = match answer {
            Returned::Error { error, .. } => Some(*error),
            _ => None,
        };
        let own_failure = self.own_failure(request).or_else(|| {
            // That an earlier call failed in the way it was told is chance.
            told.and_then(|_| self.failed_after_it_asked(it))
        });
        if let Some((call, error)) = own_failure
            && told != Some(error)
            && !self.may_suffer(request)
        {
            let words = <dyn World>::error_words(&Bulk, error);
            let message = format!(
                "request {request} waited for call {call}, which failed ({words}), and it was told something else"
            );
            return Some((Kind::InventedError, message));
        }
        match answer {
            Returned::Of { operation } => {
                let message = |how: &str| {
                    format!(
                        "request {request} returned item {key} as call {operation} brought it, {how}"
                    )
                };
                self.stale(it, *operation, Kind::Cached, &message)
            }
            Returned::Plain(Value::Nothing) => {
                if !is_unknown(self.evidence, key) {
                    let message = format!(
                        "request {request} returned that there is no item {key}, and there is one"
                    );
                    return Some((Kind::WrongRow, message));
                }
                let message = |how: &str| {
                    format!(
                        "request {request} returned that there is no item {key}, as a call had said {how}"
                    )
                };
                let how = |outcome: Outcome| outcome.is_value();
                self.explained(it, how, Kind::Cached, &message, || {
                    let message = format!(
                        "request {request} returned that there is no item {key}, and no call that it waited for has said so"
                    );
                    (Kind::WrongRow, message)
                })
            }
            Returned::Error { error, .. } => {
                if self.may_suffer(request) {
                    return None;
                }
                let words = <dyn World>::error_words(&Bulk, *error);
                let message = |how: &str| {
                    format!("request {request} was told an error ({words}) of a call {how}")
                };
                let how = |outcome: Outcome| outcome == Outcome::Error(*error);
                self.explained(it, how, Kind::StaleError, &message, || {
                    let message = format!(
                        "request {request} was told an error ({words}), and no call with the id of item {key} has failed so"
                    );
                    (Kind::InventedError, message)
                })
            }
            other => {
                let what = other.odd();
                let what =
                    what.unwrap_or_else(|| format!("what no call has brought for item {key}"));
                let message = format!("request {request} returned {what}");
                Some((Kind::WrongRow, message))
            }
        }
    }

    /// Whether a call explains it that went out after the request had asked and that ended
    /// so; if an earlier one does, that; else what `unexplained` says.
    fn explained(
        &self,
        it: &Request,
        how: impl Fn(Outcome) -> bool,
        after: Kind,
        message: &dyn Fn(&str) -> String,
        unexplained: impl FnOnce() -> (Kind, String),
    ) -> Option<(Kind, String)> {
        let is_it = |(_, call): &(&u32, &Call)| {
            call.keys.contains(&it.key) && call.over.is_some_and(|(_, outcome)| how(outcome))
        };
        let last = self.calls.iter().rev().find(is_it);
        match last {
            Some((operation, _)) => self.stale(it, *operation, after, message),
            None => Some(unexplained()),
        }
    }

    /// A call that went out before the request had asked: still out then, or over.
    fn stale(
        &self,
        it: &Request,
        operation: u32,
        after: Kind,
        message: &dyn Fn(&str) -> String,
    ) -> Option<(Kind, String)> {
        let call = self.calls.get(&operation)?;
        let polled = it.polled?;
        if call.began > polled {
            return None;
        }
        match call.closed.is_some_and(|closed| closed < polled) {
            true => Some((after, message("which was over before it asked"))),
            false => Some((
                Kind::JoinedLate,
                message("which had gone out before it asked"),
            )),
        }
    }

    /// Whether a panic may have reached this request: a task that served it may have
    /// received one since it started.
    fn may_suffer(&self, request: u32) -> bool {
        let started = self.requests.get(&request).map(|it| it.started);
        let panicked = self.panics.map(|(_, last)| last);
        started.is_some_and(|started| panicked.is_some_and(|panicked| panicked > started))
    }
}
