//! The rules of `in_order`: which events are stored when, and what their callers are told.

use std::collections::{BTreeMap, BTreeSet};

use crate::drills::{common, line};
use play::evidence::{Evidence, Fact, Returned};
use play::judge::{Kind, Rules, Violation};
use play::schedule::Outcome;
use play::text::{count, one_line};
use play::world::sink::{POLLED, handed_in_by, max_parallel};

/// Judges a processor of events.
pub(super) struct InLine;

impl Rules for InLine {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let mut violations: Vec<Violation> = common::constructor(evidence).into_iter().collect();
        violations.extend(stores(evidence));
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

fn stores(evidence: &Evidence) -> Vec<Violation> {
    let mut record = Record::of(evidence);
    common::followed(evidence, |at, fact| record.note(at, fact))
}

/// The state of an event that was handed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// In line, or its store is under way.
    Waiting,
    /// Its caller was dropped, so it may or may not be stored.
    Dropped,
    /// Its caller got a result.
    Told,
}

/// One call of `handle`.
struct Call {
    key: u32,
    /// The index of the fact in which it was first polled: its place in line.
    polled: Option<usize>,
    started: usize,
    stands: Stands,
    store: Option<u32>,
}

impl Call {
    /// Whether its event is still to be stored and its caller waits for that.
    fn is_in_line(&self) -> bool {
        self.stands == Stands::Waiting && self.polled.is_some() && self.store.is_none()
    }
}

/// The state of a store.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Store {
    Live,
    /// The sink is done with it, but the submission does not know yet.
    Answered(Outcome),
    /// The submission knows.
    Over(Outcome),
    Dropped,
}

/// What is known of one key, apart from its calls.
#[derive(Default)]
struct Place {
    /// The index of the fact in which its last store began.
    began: Option<usize>,
    /// Since when it has had an event in line and no store at each rest of the loop.
    ready: Option<usize>,
}

/// Follows all events through a run.
struct Record<'e> {
    evidence: &'e Evidence,
    max: usize,
    calls: BTreeMap<u32, Call>,
    stores: BTreeMap<u32, (Option<u32>, Store)>,
    places: BTreeMap<u32, Place>,
    /// The stores of a processor that was dropped before this one was made.
    elsewhere: BTreeSet<u32>,
    /// The index of the fact in which the submission last received a panic.
    panicked: Option<usize>,
}

type Wrongs = Vec<(Kind, String)>;

impl<'e> Record<'e> {
    fn of(evidence: &'e Evidence) -> Record<'e> {
        Record {
            evidence,
            max: max_parallel(evidence),
            calls: BTreeMap::new(),
            stores: BTreeMap::new(),
            places: BTreeMap::new(),
            elsewhere: BTreeSet::new(),
            panicked: None,
        }
    }

    fn note(&mut self, at: usize, fact: &Fact) -> Wrongs {
        match fact {
            Fact::Started { request, .. } => {
                let call = Call {
                    key: self.evidence.request(*request).map_or(0, |it| it.key),
                    polled: None,
                    started: at,
                    stands: Stands::Waiting,
                    store: None,
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
            Fact::HungUp { request } => self.stands(*request, Stands::Dropped),
            Fact::Discarded => self.begins_anew(),
            Fact::Began { operation } => return self.began(at, *operation),
            Fact::Answered { operation, outcome } => {
                self.store_is(*operation, Store::Answered(*outcome));
            }
            Fact::Delivered { operation } => {
                if let Some((_, Store::Answered(outcome))) = self.stores.get(operation).copied() {
                    self.store_is(*operation, Store::Over(outcome));
                    if outcome == Outcome::Panic {
                        self.panicked = Some(at);
                    }
                }
            }
            Fact::Dropped { operation } => self.store_is(*operation, Store::Dropped),
            Fact::Settled { idle: true, .. } => return self.rests(at),
            Fact::Returned { request, answer } => {
                let wrong = self.returned(*request, answer);
                self.stands(*request, Stands::Told);
                return wrong;
            }
            Fact::Panicked { request, message } => {
                let wrong = self.call_panicked(*request, message);
                self.stands(*request, Stands::Told);
                return wrong;
            }
            _ => {}
        }
        Vec::new()
    }

    /// The next processor is a new one, with places and lines of its own.
    fn begins_anew(&mut self) {
        self.elsewhere.extend(self.stores.keys());
        self.places.clear();
        for call in self.calls.values_mut() {
            call.stands = Stands::Dropped;
        }
    }

    fn stands(&mut self, request: u32, stands: Stands) {
        if let Some(call) = self.calls.get_mut(&request) {
            call.stands = stands;
        }
    }

    fn store_is(&mut self, operation: u32, now: Store) {
        if let Some((_, store)) = self.stores.get_mut(&operation) {
            *store = now;
        }
    }

    /// The keys of the stores that are under way.
    fn live(&self) -> impl Iterator<Item = (u32, Option<u32>)> {
        let live = self.stores.iter().filter(|(_, (_, it))| *it == Store::Live);
        let own = live.filter(|(operation, _)| !self.elsewhere.contains(operation));
        own.map(|(operation, _)| {
            let key = self.evidence.operation(*operation).and_then(|it| it.key);
            (*operation, key)
        })
    }

    /// A store began: finds the call whose event it stores, and whether it may.
    fn began(&mut self, at: usize, operation: u32) -> Wrongs {
        let Some(it) = self.evidence.operation(operation) else {
            return Vec::new();
        };
        let first = handed_in_by(self.evidence, it);
        let call = first.and_then(|first| self.call_stored(first));
        let mut wrong = Vec::new();
        wrong.extend(self.over_limit(operation));
        match (first, call) {
            (Some(_), Some(request)) => {
                let key = self.calls[&request].key;
                wrong.extend(self.overlap(request, key));
                wrong.extend(self.out_of_order(request, key));
                wrong.extend(self.starved(request, key));
                if let Some(call) = self.calls.get_mut(&request) {
                    call.store = Some(operation);
                }
                let place = self.places.entry(key).or_default();
                *place = Place {
                    began: Some(at),
                    ready: None,
                };
            }
            (Some(event), None) => {
                let before = self.calls.get(&event).and_then(|it| it.store);
                let how = before.and_then(|before| self.stores.get(&before));
                let after = match how {
                    Some((_, Store::Over(Outcome::Error(_)))) => ", after it was rejected",
                    Some((_, Store::Dropped)) => ", after a store of it was dropped halfway",
                    _ => "",
                };
                // The last one is what its caller is told of.
                if let (Some((_, Store::Over(Outcome::Error(_)))), Some(call)) =
                    (how, self.calls.get_mut(&event))
                {
                    call.store = Some(operation);
                }
                let message = format!("event {event} is stored once more{after}");
                wrong.push((Kind::Twice, message));
            }
            (None, _) => {
                let message = format!("store {operation} is of an event that nobody handed in");
                wrong.push((Kind::Unexplained, message));
            }
        }
        self.stores.insert(operation, (call, Store::Live));
        wrong
    }

    /// The call whose event may be stored now. A repeated call comes after the first
    /// one.
    fn call_stored(&self, first: u32) -> Option<u32> {
        let is_it = |request: &u32| {
            let it = self.evidence.request(*request);
            *request == first || it.is_some_and(|it| it.repeats == Some(first))
        };
        let mut calls = self.calls.iter().filter(|(request, _)| is_it(request));
        let unstored = |call: &Call| call.polled.is_some() && call.store.is_none();
        calls.find(|(_, call)| unstored(call)).map(|(it, _)| *it)
    }

    fn over_limit(&self, operation: u32) -> Option<(Kind, String)> {
        let live = self.live().count();
        (live >= self.max).then(|| {
            let message = format!(
                "store {operation} begins while {} under way already: at most {} may be at once",
                count(live, "store is", "stores are"),
                self.max,
            );
            (Kind::OverLimit, message)
        })
    }

    fn overlap(&self, request: u32, key: u32) -> Option<(Kind, String)> {
        let (operation, _) = self.live().find(|(_, of)| *of == Some(key))?;
        let message = format!(
            "event {} of key {key} is stored while store {operation}, of the same key, is under way",
            self.event(request)
        );
        Some((Kind::Overlap, message))
    }

    fn out_of_order(&self, request: u32, key: u32) -> Option<(Kind, String)> {
        let polled = self.calls[&request].polled;
        let of_key = || self.calls.iter().filter(|(_, call)| call.key == key);
        let mut later = of_key().filter(|(_, it)| it.polled > polled && it.store.is_some());
        let event = self.event(request);
        if let Some((later, _)) = later.next() {
            let later = self.event(*later);
            let message = format!(
                "event {event} of key {key} is stored after event {later}, which was handed in later"
            );
            return Some((Kind::OutOfOrder, message));
        }
        if self.panicked.is_some() {
            // The events in line at that time are about to be told so.
            return None;
        }
        let earlier = of_key().find(|(_, it)| it.is_in_line() && it.polled < polled);
        earlier.map(|(earlier, _)| {
            let earlier = self.event(*earlier);
            let message = format!(
                "event {event} of key {key} is stored before event {earlier}, which was handed in earlier and waits"
            );
            (Kind::OutOfOrder, message)
        })
    }

    /// Whether this key takes, for the second time in a row, a place for which an earlier
    /// event of another key has been waiting. One that finds an event of a dropped caller in its
    /// line may use up its turn with that.
    fn starved(&self, request: u32, key: u32) -> Option<(Kind, String)> {
        let began = self.places.get(&key)?.began?;
        let polled = self.calls[&request].polled;
        let waits = |(other, place): &(&u32, &Place)| {
            let since_before = place.ready.is_some_and(|ready| ready < began);
            let came_first = self.head(**other).is_some_and(|head| {
                let head = &self.calls[&head];
                head.polled < polled
            });
            let mut of_it = self.calls.values().filter(|call| call.key == **other);
            let is_whole = of_it.all(|call| call.stands != Stands::Dropped);
            **other != key && since_before && came_first && is_whole
        };
        let (other, _) = self.places.iter().find(waits)?;
        let head = self.event(self.head(*other)?);
        let message = format!(
            "key {key} gets a place again and again, now for event {}, although event {head} of key {other}, which came earlier, waits for one",
            self.event(request)
        );
        Some((Kind::Starved, message))
    }

    /// The first event in a key's line.
    fn head(&self, key: u32) -> Option<u32> {
        let in_line = self
            .calls
            .iter()
            .filter(|(_, call)| call.key == key && call.is_in_line());
        in_line
            .min_by_key(|(_, call)| call.polled)
            .map(|(it, _)| *it)
    }

    /// The loop rests: every place for which there is work must be taken.
    fn rests(&mut self, at: usize) -> Wrongs {
        let live: Vec<Option<u32>> = self.live().map(|(_, key)| key).collect();
        let mut keys: Vec<u32> = self
            .calls
            .values()
            .filter(|call| call.is_in_line())
            .map(|call| call.key)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| !live.contains(&Some(*key)));
        for (key, place) in &mut self.places {
            if !keys.contains(key) {
                place.ready = None;
            }
        }
        for key in &keys {
            let place = self.places.entry(*key).or_default();
            place.ready.get_or_insert(at);
        }
        // With no store under way, nobody is served at all: that is a hang.
        if live.is_empty() || live.len() >= self.max || keys.is_empty() {
            return Vec::new();
        }
        let message = format!(
            "the loop rests, {} under way, {} may be, and {} in line with no store under way: key {}",
            count(live.len(), "store is", "stores are"),
            self.max,
            count(keys.len(), "key has an event", "keys have events"),
            keys[0],
        );
        vec![(Kind::Underused, message)]
    }

    fn returned(&self, request: u32, answer: &Returned) -> Wrongs {
        let Some(call) = self.calls.get(&request) else {
            return Vec::new();
        };
        let store = call.store.and_then(|store| self.stores.get(&store));
        let store = store.map(|(_, store)| *store);
        let wrong = |message: String| vec![(Kind::WrongResult, message)];
        let told = match answer {
            Returned::Plain(_) => "that its event is stored",
            Returned::Error { .. } => "that its event was rejected",
            _ => {
                return wrong(format!(
                    "request {request} returned what `handle` cannot return"
                ));
            }
        };
        let is_error = matches!(answer, Returned::Error { .. });
        let why = match store {
            Some(Store::Over(Outcome::Value | Outcome::Real)) if !is_error => return Vec::new(),
            Some(Store::Over(Outcome::Error(_))) if is_error => return Vec::new(),
            _ if is_error && self.may_suffer(call) => return Vec::new(),
            None => "which the sink was not given for this request",
            Some(Store::Live) => "whose store is still under way",
            Some(Store::Answered(_)) => "whose store's answer has not been received",
            Some(Store::Dropped) => "whose store was dropped halfway",
            Some(Store::Over(Outcome::Panic)) => "whose store panicked",
            Some(Store::Over(Outcome::Error(_))) => "which the sink rejected",
            Some(Store::Over(_)) => "which the sink stored",
        };
        let event = self.event(request);
        wrong(format!(
            "request {request} returned {told}: event {event}, {why}"
        ))
    }

    fn call_panicked(&self, request: u32, message: &str) -> Wrongs {
        let suffers = self
            .calls
            .get(&request)
            .is_some_and(|call| self.may_suffer(call));
        if suffers {
            return Vec::new();
        }
        let message = format!("request {request} panicked: {}", one_line(message, 200));
        let store = self.calls.get(&request).and_then(|call| call.store);
        let store = store.and_then(|store| self.stores.get(&store));
        let was_rejected = matches!(store, Some((_, Store::Over(Outcome::Error(_)))));
        // Where exceptions are errors, it was told of the rejection, in other words.
        if was_rejected && !self.evidence.has_wakers() {
            let event = self.event(request);
            let message = format!("{message}: event {event}, which the sink rejected");
            return vec![(Kind::WrongResult, message)];
        }
        vec![(Kind::Panicked, message)]
    }

    /// Whether a panic may have reached this call: a task that served it may have received
    /// one after the call began.
    fn may_suffer(&self, call: &Call) -> bool {
        self.panicked
            .is_some_and(|panicked| panicked > call.started)
    }

    /// The number of a request's event: of the first request that handed it in.
    fn event(&self, request: u32) -> u32 {
        let it = self.evidence.request(request);
        it.and_then(|it| it.repeats).unwrap_or(request)
    }
}
