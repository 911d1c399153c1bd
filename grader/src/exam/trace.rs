//! Traces: every schedule of a small space, with what was known after each turn.
//!
//! Its main type is [`Trace`], which the book's figures walk. Nothing in it
//! comes from a model: each path is one that the submission really took.
//! Branches that are equal from some turn on are kept once, so a trace is a
//! graph with one beginning.

mod code;
mod frame;
mod freedom;
mod single;

use std::cell::RefCell;
use std::collections::HashMap;

use serde::Serialize;

use crate::drive::driver::{Driver, Run};
use play::explore::{self, Follow, Next, Played};
use play::failure::Failure;
use play::judge::{Rules, Violation};
use play::schedule::Turn;
use play::timeline;
use play::world::World;

pub use code::Code;
use frame::Frame;
pub use freedom::Freedom;

/// The version of the format, raised when old readers would misread new files.
const FORMAT: u32 = 1;

/// More schedules than a page should hold.
const LIMIT: usize = 100_000;

/// Everything that a submission can do in a small space. Each text is serialised once.
#[derive(Debug, Serialize)]
pub struct Trace {
    format: u32,
    /// The drill whose contract and rules apply to the submission.
    drill: String,
    /// Where the submission lies, from the course's folder.
    source: String,
    /// The check and the seed that a replay key of this trace names.
    key: String,
    /// The key that every request asks about; the first key, in a schedule of several.
    user: u32,
    /// The noun for that key, if it is not a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<&'static str>,
    /// The nouns for operations, kind by kind, if they are not fetches. There may be none.
    #[serde(skip_serializing_if = "Option::is_none")]
    nouns: Option<Vec<&'static str>>,
    /// The functions in which requests are suspended, if somebody marked the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    /// How many requests there are.
    callers: usize,
    /// How many different schedules lead through the graph.
    schedules: usize,
    /// How many of them break a rule.
    broken: usize,
    /// Every turn, as a replay key spells it.
    turns: Vec<String>,
    /// Every sentence of a timeline, and every violation.
    texts: Vec<String>,
    /// The nodes; the first one is the beginning.
    nodes: Vec<Node>,
}

/// What is known at some moment, and what may happen next.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Node {
    #[serde(flatten)]
    frame: Frame,
    #[serde(rename = "n", skip_serializing_if = "Vec::is_empty")]
    next: Vec<Edge>,
}

/// One turn: its number in `turns`, the node it leads to, the numbers of the
/// sentences that tell it, and those of the violations that first show in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Edge(usize, usize, Vec<usize>, Vec<usize>);

/// What was seen at one node of the tree.
struct Seen {
    frame: Frame,
    lines: Vec<String>,
    violations: Vec<Violation>,
    choices: Vec<Turn>,
    pruned: bool,
}

/// What a trace is of, for its reader.
#[derive(Debug)]
pub struct Origin {
    /// The drill's slug.
    pub drill: String,
    /// The submission's place, from the course's folder.
    pub source: String,
    /// The check a replay key names.
    pub check: String,
}

impl Trace {
    /// Plays every schedule that `freedom` allows and keeps what was seen.
    ///
    /// # Errors
    /// What ended the submission's process; only a submission that lives can be traced.
    pub fn record(
        driver: &mut Driver<'_>,
        rules: &dyn Rules,
        freedom: &Freedom,
        origin: Origin,
    ) -> Result<Trace, Failure> {
        let seen: RefCell<HashMap<Vec<Turn>, Seen>> = RefCell::default();
        let mut failed = None;
        let key = format!("{}:{}", driver.seed(), origin.check);
        explore::explore(
            driver,
            1,
            explore::Limit::of(LIMIT),
            |_, run: &Run| {
                let follow = freedom.choices(&run.evidence);
                let choices = match &follow {
                    Follow::AnyOf(turns) => turns.clone(),
                    Follow::AllOf(turns) => turns.first().copied().into_iter().collect(),
                    Follow::End | Follow::Pruned => Vec::new(),
                };
                let place = run.evidence.turns().to_vec();
                let found = Seen {
                    frame: Frame::of(&run.evidence),
                    lines: timeline::in_words(&timeline::tell(&run.evidence, None)),
                    violations: rules.judge(&run.evidence),
                    choices,
                    pruned: follow == Follow::Pruned,
                };
                seen.borrow_mut().insert(place, found);
                follow
            },
            |played: &Played<Driver<'_>>| match &played.failure {
                None => Next::Continue,
                Some(failure) => {
                    failed = Some(failure.clone());
                    Next::Stop
                }
            },
        );
        if let Some(failure) = failed {
            return Err(failure);
        }
        let mut folding = Folding::default();
        let seen = seen.into_inner();
        let (first, paths) = folding.fold(&seen, &mut Vec::new());
        Ok(Trace {
            format: FORMAT,
            drill: origin.drill,
            source: origin.source,
            key,
            user: freedom.user,
            what: what(driver.world()),
            nouns: nouns(driver.world()),
            code: None,
            callers: freedom.callers,
            schedules: paths.all,
            broken: paths.broken,
            turns: folding.turns.texts,
            texts: folding.texts.texts,
            nodes: from_the_first(&folding.nodes, first),
        })
    }

    /// The same with the code beside it.
    #[must_use]
    pub fn beside(self, code: Code) -> Trace {
        Trace {
            code: Some(code),
            ..self
        }
    }

    /// The trace as JSON, one node a line.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string(self).expect("plain data is always JSON");
        json.replace("{\"r\":", "\n{\"r\":") + "\n"
    }
}

/// The noun for what requests ask about, if it is not a user.
fn what(world: &dyn World) -> Option<&'static str> {
    (world.key_noun() != "user").then(|| world.key_noun())
}

/// The nouns for operations, if they are not fetches.
fn nouns(world: &dyn World) -> Option<Vec<&'static str>> {
    let nouns: Vec<&str> = world.kinds().iter().map(|kind| kind.noun).collect();
    (nouns != ["fetch"]).then_some(nouns)
}

/// How many schedules lead through a node, and how many of these break a rule
/// there or later.
#[derive(Clone, Copy, Default)]
struct Paths {
    all: usize,
    broken: usize,
}

/// Texts, each with a number.
#[derive(Default)]
struct Numbered {
    texts: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Numbered {
    fn of(&mut self, text: String) -> usize {
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            self.texts.len() - 1
        })
    }
}

/// Folds the tree from its leaves: equal nodes with equal futures become one.
#[derive(Default)]
struct Folding {
    turns: Numbered,
    texts: Numbered,
    nodes: Vec<Node>,
    numbers: HashMap<Node, usize>,
}

impl Folding {
    /// The number of the node at `place`, and how many schedules lead on from it.
    fn fold(&mut self, seen: &HashMap<Vec<Turn>, Seen>, place: &mut Vec<Turn>) -> (usize, Paths) {
        let here = &seen[place];
        let mut next = Vec::new();
        let mut paths = Paths::default();
        for turn in &here.choices {
            place.push(*turn);
            let there = &seen[place];
            if !there.pruned {
                let (node, onward) = self.fold(seen, place);
                let lines = there.lines[here.lines.len()..].iter().cloned();
                let lines = lines.map(|text| self.texts.of(text)).collect();
                let new = there
                    .violations
                    .iter()
                    .filter(|violation| !here.violations.contains(violation));
                let broken: Vec<usize> = new
                    .map(|violation| self.texts.of(violation.message.clone()))
                    .collect();
                paths.all += onward.all;
                paths.broken += match broken.is_empty() {
                    true => onward.broken,
                    false => onward.all,
                };
                let turn = self.turns.of(turn.to_string());
                next.push(Edge(turn, node, lines, broken));
            }
            place.pop();
        }
        if next.is_empty() {
            paths.all = 1;
        }
        let frame = here.frame.clone();
        let node = Node { frame, next };
        let number = *self.numbers.entry(node).or_insert_with_key(|node| {
            self.nodes.push(node.clone());
            self.nodes.len() - 1
        });
        (number, paths)
    }
}

/// The nodes in the order in which a reader who begins at `first` meets them.
fn from_the_first(nodes: &[Node], first: usize) -> Vec<Node> {
    let mut order = vec![first];
    let mut places = HashMap::from([(first, 0)]);
    let mut at = 0;
    while let Some(number) = order.get(at).copied() {
        for Edge(_, node, ..) in &nodes[number].next {
            places.entry(*node).or_insert_with(|| {
                order.push(*node);
                order.len() - 1
            });
        }
        at += 1;
    }
    let moved = |number: usize| {
        let mut node = nodes[number].clone();
        for Edge(_, to, ..) in &mut node.next {
            *to = places[to];
        }
        node
    };
    order.into_iter().map(moved).collect()
}
