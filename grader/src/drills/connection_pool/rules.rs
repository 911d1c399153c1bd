//! The rules of `connection_pool`: which connections are open and used, whose question is
//! asked when, and what callers are told.

mod connections;

use std::collections::BTreeMap;

use crate::drills::{common, line};
use connections::{Connections, Stands};
use play::evidence::{Evidence, Fact, Returned};
use play::judge::{Kind, Rules, Violation};
use play::schedule::{Action, Outcome};
use play::space::PATIENCE_MICROS;
use play::text::{count, one_line};
use play::world::server::{
    BROKEN, CLOSED, CONNECT, POLLED, asked_by, connection_noted, connection_of, max_connections,
};

/// Judges a pool of connections.
pub(super) struct AFewAtMost;

impl Rules for AFewAtMost {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let mut violations: Vec<Violation> = common::constructor(evidence).into_iter().collect();
        violations.extend(calls_and_connections(evidence));
        violations.extend(hang(evidence));
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

fn calls_and_connections(evidence: &Evidence) -> Vec<Violation> {
    let mut record = Record::of(evidence);
    common::followed(evidence, |at, fact| record.note(at, fact))
}

/// Callers that still wait when the schedule is over, with nothing under way.
fn hang(evidence: &Evidence) -> Option<Violation> {
    let unserved = evidence.unserved();
    let first = *unserved.first()?;
    let turn = evidence.turns().len().checked_sub(1)?;
    let last = evidence.turns()[turn].action;
    if !matches!(last, Action::Pass { micros } if micros >= PATIENCE_MICROS) {
        return None;
    }
    let mut own = evidence.live();
    let message = match own.find(|number| evidence.is_by_this_instance(*number)) {
        None => format!(
            "{}, and no connect and no ask is under way that could end it",
            count(unserved.len(), "request waits", "requests wait")
        ),
        Some(_) => {
            format!("request {first} waits, though the answer to its question was received")
        }
    };
    Some(Violation {
        kind: Kind::Hang,
        turn,
        message,
    })
}

/// One call of `ask`.
struct Call {
    started: usize,
    /// Where it was first polled among the facts: its place in line.
    polled: Option<usize>,
    /// Whether its caller is still there and has been told nothing.
    waits: bool,
    /// Whether its question was ever asked.
    asked: bool,
    /// Whether its question is being asked now.
    asking: bool,
    /// Whether an ask of its question was answered, and the answer received.
    answered: bool,
    /// Whether an ask of its question found the connection broken.
    broken: bool,
}

/// Follows all calls and connections through a run.
struct Record<'e> {
    evidence: &'e Evidence,
    max: usize,
    calls: BTreeMap<u32, Call>,
    connections: Connections,
    /// Connects answered since the loop last rested.
    answered_connects: usize,
    /// Connects begun since then.
    begun_connects: usize,
    /// Callers begun since then.
    begun_calls: usize,
    /// Whether anything but the start of callers has happened since then.
    disturbed: bool,
    /// Whether a pool was dropped: what its callers still use is not known.
    discarded: bool,
    /// Where the submission last received a refusal.
    refused: Option<usize>,
    /// Where it last received a panic.
    panicked: Option<usize>,
}

type Wrongs = Vec<(Kind, String)>;

impl<'e> Record<'e> {
    fn of(evidence: &'e Evidence) -> Record<'e> {
        Record {
            evidence,
            max: max_connections(evidence),
            calls: BTreeMap::new(),
            connections: Connections::default(),
            answered_connects: 0,
            begun_connects: 0,
            begun_calls: 0,
            disturbed: false,
            discarded: false,
            refused: None,
            panicked: None,
        }
    }

    fn note(&mut self, at: usize, fact: &Fact) -> Wrongs {
        let is_start = matches!(fact, Fact::Started { .. });
        self.disturbed |= fact.is_the_graders() && !is_start;
        match fact {
            Fact::Started { request, again } => {
                self.begun_calls += usize::from(!again);
                self.disturbed |= *again;
                let call = Call {
                    started: at,
                    polled: again.then_some(at),
                    waits: true,
                    asked: false,
                    asking: false,
                    answered: false,
                    broken: false,
                };
                self.calls.insert(*request, call);
            }
            Fact::Noted {
                kind,
                request: Some(request),
                ..
            } if kind == POLLED => {
                if let Some(call) = self.calls.get_mut(request) {
                    call.polled.get_or_insert(at);
                }
            }
            Fact::Noted {
                kind, arguments, ..
            } if kind == CLOSED => {
                return connection_noted(arguments).map_or(Vec::new(), |it| self.closed(it));
            }
            Fact::HungUp { request } => self.is_over(*request),
            Fact::Began { operation } => return self.began(*operation),
            Fact::Answered { operation, .. } if self.is_connect(*operation) => {
                self.answered_connects += 1;
            }
            Fact::Delivered { operation } => self.delivered(at, *operation),
            Fact::Dropped { operation } => self.dropped(*operation),
            Fact::Discarded => {
                self.discarded = true;
                self.connections.forget();
                self.calls.values_mut().for_each(|call| call.waits = false);
            }
            Fact::Settled { idle: true, .. } => return self.rests(),
            Fact::Returned { request, answer } => {
                let wrong = self.returned(*request, answer);
                self.is_over(*request);
                return wrong;
            }
            Fact::Panicked { request, message } => {
                let wrong = self.call_panicked(*request, message);
                self.is_over(*request);
                return wrong;
            }
            _ => {}
        }
        Vec::new()
    }

    fn is_over(&mut self, request: u32) {
        if let Some(call) = self.calls.get_mut(&request) {
            call.waits = false;
        }
    }

    fn is_connect(&self, operation: u32) -> bool {
        let it = self.evidence.operation(operation);
        it.is_some_and(|it| it.kind == CONNECT)
    }

    /// A connect or an ask began: may it?
    fn began(&mut self, operation: u32) -> Wrongs {
        let Some(it) = self.evidence.operation(operation) else {
            return Vec::new();
        };
        let mut wrong = Vec::new();
        if it.kind == CONNECT {
            self.begun_connects += 1;
            wrong.extend(self.over_limit(operation));
            self.connections.set(operation, Stands::Opening);
            return wrong;
        }
        let connection = connection_of(it).unwrap_or(0);
        wrong.extend(self.not_open(operation, connection));
        wrong.extend(self.reused(operation, connection));
        match asked_by(self.evidence, it) {
            None => {
                let message = format!("ask {operation} asks a question that nobody has");
                wrong.push((Kind::Unexplained, message));
            }
            Some(first) => {
                let request = self.call_of(first);
                wrong.extend(self.asked_after_ok(request, first));
                wrong.extend(self.out_of_line(request));
                if let Some(call) = self.calls.get_mut(&request) {
                    call.asked = true;
                    call.asking = true;
                }
            }
        }
        self.connections.set(connection, Stands::Asked);
        wrong
    }

    /// The call whose question this is now: the one that was made again comes after the
    /// first.
    fn call_of(&self, first: u32) -> u32 {
        let is_it = |request: &&u32| {
            let it = self.evidence.request(**request);
            it.is_some_and(|it| it.repeats == Some(first))
        };
        *self.calls.keys().find(is_it).unwrap_or(&first)
    }

    fn over_limit(&self, operation: u32) -> Option<(Kind, String)> {
        let open = self.connections.open();
        (open >= self.max).then(|| {
            let message = format!(
                "connect {operation} begins while {} open or being opened already: at most {} may be",
                count(open, "connection is", "connections are"),
                self.max,
            );
            (Kind::OverLimit, message)
        })
    }

    /// Nobody can ask over such a connection, but a worker can say so.
    fn not_open(&self, operation: u32, connection: u32) -> Option<(Kind, String)> {
        let stands = self.connections.stands(connection);
        let is_open = !matches!(stands, None | Some(Stands::Opening));
        (!is_open && !self.discarded).then(|| {
            let message =
                format!("ask {operation} goes over connection {connection}, which is not open");
            (Kind::Unexplained, message)
        })
    }

    fn reused(&self, operation: u32, connection: u32) -> Option<(Kind, String)> {
        let why = match self.connections.stands(connection)? {
            Stands::Halfway(ask) => {
                format!("ask {ask} was left halfway on it, and its answer is still to come")
            }
            Stands::Broken => "it had broken".to_owned(),
            _ => return None,
        };
        let message = format!("ask {operation} uses connection {connection} again: {why}");
        Some((Kind::Reused, message))
    }

    fn asked_after_ok(&self, request: u32, first: u32) -> Option<(Kind, String)> {
        self.calls.get(&request)?.answered.then(|| {
            let message = format!("question {first} is asked once more, after it was answered");
            (Kind::Twice, message)
        })
    }

    /// A question is asked for the first time: are there more in line before it than
    /// connects that may be theirs?
    fn out_of_line(&self, request: u32) -> Option<(Kind, String)> {
        let call = self.calls.get(&request)?;
        // Callers that a panic has reached are about to be told so.
        if call.asked || self.panicked.is_some() {
            return None;
        }
        let is_before =
            |it: &Call| it.waits && !it.asked && it.polled.is_some() && it.polled < call.polled;
        let before = self.calls.iter().filter(|(_, it)| is_before(it));
        let connects = self.connections.connects() + self.answered_connects;
        let (earlier, _) = before.clone().next()?;
        (before.count() > connects).then(|| {
            let message = format!(
                "question {request} is asked before question {earlier}, whose caller came earlier and waits"
            );
            (Kind::OutOfOrder, message)
        })
    }

    fn closed(&mut self, connection: u32) -> Wrongs {
        let before = self.connections.stands(connection);
        self.connections.close(connection);
        // Where a panic went through the pool, what it held may be gone.
        if before != Some(Stands::Healthy) || self.panicked.is_some() {
            return Vec::new();
        }
        let message = format!(
            "connection {connection} is closed, though its last ask was answered: it is healthy and should be kept"
        );
        vec![(Kind::ClosedInUse, message)]
    }

    fn delivered(&mut self, at: usize, operation: u32) {
        let Some(it) = self.evidence.operation(operation) else {
            return;
        };
        let outcome = it.outcome.unwrap_or(Outcome::Panic);
        if outcome == Outcome::Panic {
            self.panicked = Some(at);
        }
        if it.kind == CONNECT {
            match outcome {
                Outcome::Value | Outcome::Real => self.connections.set(operation, Stands::Fresh),
                Outcome::Error(_) => {
                    self.refused = Some(at);
                    self.connections.close(operation);
                }
                Outcome::Panic => self.connections.close(operation),
            }
            return;
        }
        let first = asked_by(self.evidence, it);
        let request = first.map(|first| self.call_of(first));
        if let Some(call) = request.and_then(|it| self.calls.get_mut(&it)) {
            call.asking = false;
            call.answered |= outcome.is_value();
            call.broken |= outcome.is_error();
        }
        let connection = connection_of(it).unwrap_or(0);
        let stands = match outcome {
            Outcome::Value | Outcome::Real => Stands::Healthy,
            Outcome::Error(_) => Stands::Broken,
            Outcome::Panic => Stands::Doubtful,
        };
        self.connections.set(connection, stands);
    }

    fn dropped(&mut self, operation: u32) {
        let Some(it) = self.evidence.operation(operation) else {
            return;
        };
        if it.kind == CONNECT {
            self.connections.close(operation);
            return;
        }
        let request = asked_by(self.evidence, it).map(|first| self.call_of(first));
        if let Some(call) = request.and_then(|it| self.calls.get_mut(&it)) {
            call.asking = false;
        }
        let connection = connection_of(it).unwrap_or(0);
        self.connections.set(connection, Stands::Halfway(operation));
    }

    /// The loop rests: every place is used for which there is work, and idle connections
    /// were used first.
    fn rests(&mut self) -> Wrongs {
        let mut wrong = Vec::new();
        wrong.extend(self.underused());
        wrong.extend(self.needless_connect());
        self.connections.rest();
        self.answered_connects = 0;
        self.begun_connects = 0;
        self.begun_calls = 0;
        self.disturbed = false;
        wrong
    }

    fn underused(&self) -> Option<(Kind, String)> {
        let asks = self.connections.asks();
        let connects = self.connections.connects();
        let used = asks + connects;
        let is_in_line = |it: &Call| it.waits && it.polled.is_some() && !it.asking && !it.answered;
        let in_line = self.calls.values().filter(|it| is_in_line(it)).count();
        // With nothing under way nobody is served at all: that is a hang.
        if used == 0 || used >= self.max || in_line <= connects {
            return None;
        }
        let message = format!(
            "the loop rests, {} in line, and of {} only {used} used: {} and {} under way",
            count(in_line, "caller is", "callers are"),
            count(self.max, "place", "places"),
            count(asks, "ask", "asks"),
            count(connects, "connect", "connects"),
        );
        Some((Kind::Underused, message))
    }

    fn needless_connect(&self) -> Option<(Kind, String)> {
        if self.disturbed || self.begun_calls == 0 || self.begun_connects == 0 {
            return None;
        }
        let idle = self.connections.idle_since_the_last_rest()?;
        let message = format!(
            "a new connection is opened for a caller, while connection {idle} is idle and healthy"
        );
        Some((Kind::NeedlessConnect, message))
    }

    fn returned(&self, request: u32, answer: &Returned) -> Wrongs {
        let Some(call) = self.calls.get(&request) else {
            return Vec::new();
        };
        let question = self.question(request);
        let (kind, message) = match answer {
            Returned::Of { operation } => {
                let asked = self.evidence.operation(*operation);
                let by = asked.and_then(|it| asked_by(self.evidence, it));
                if by == Some(question) {
                    return Vec::new();
                }
                let whose = by.map_or("a question that nobody has".to_owned(), |by| {
                    format!("question {by}, which is another caller's")
                });
                let message = format!(
                    "request {request} asked question {question} and got the answer to {whose}"
                );
                (Kind::WrongResult, message)
            }
            Returned::Error { .. } if self.may_suffer(call) => return Vec::new(),
            Returned::Error { .. } if call.answered => {
                let message = format!(
                    "request {request} was told an error, though its question was answered"
                );
                (Kind::WrongResult, message)
            }
            Returned::Error { error, .. } => {
                let refused = self.refused.is_some_and(|at| at > call.started);
                let given = match *error {
                    BROKEN => call.broken,
                    _ => refused,
                };
                if given {
                    return Vec::new();
                }
                let why = match *error {
                    BROKEN => "no connection broke while its question was asked",
                    _ => "the server has refused no connection since it began",
                };
                let message = format!("request {request} was told an error, though {why}");
                (Kind::InventedError, message)
            }
            _ => {
                let message = format!(
                    "request {request} returned what no question of this run has for an answer"
                );
                (Kind::WrongResult, message)
            }
        };
        vec![(kind, message)]
    }

    fn call_panicked(&self, request: u32, message: &str) -> Wrongs {
        let call = self.calls.get(&request);
        if call.is_some_and(|call| self.may_suffer(call)) {
            return Vec::new();
        }
        let message = format!("request {request} panicked: {}", one_line(message, 200));
        vec![(Kind::Panicked, message)]
    }

    /// Whether a panic may have reached this call: a task that served it may have received
    /// one since it began.
    fn may_suffer(&self, call: &Call) -> bool {
        self.panicked
            .is_some_and(|panicked| panicked > call.started)
    }

    /// The number of a request's question: of the first request that asked it.
    fn question(&self, request: u32) -> u32 {
        let it = self.evidence.request(request);
        it.and_then(|it| it.repeats).unwrap_or(request)
    }
}
