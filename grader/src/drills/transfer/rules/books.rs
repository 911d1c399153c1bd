//! The books of a run: all balances, followed from look to look, and each transfer from
//! its start to its end. Its main type is [`Books`].

use std::collections::{BTreeMap, BTreeSet};

use protocol::Value;

use super::moves::{explain, explain_with};
use play::evidence::{Evidence, Fact, Returned};
use play::judge::{Kind, Violation};
use play::schedule::Outcome;
use play::text::{count, one_line};
use play::world::audit::{
    Balances, INSUFFICIENT, MOST_MONEY, NO_SUCH_ACCOUNT, NOWHERE, Transfer, UNAVAILABLE,
    Unfinished, accounts, all_money, opening,
};

/// What is known of all requests to move the same amount between the same
/// accounts: most often a request and its repetition.
#[derive(Default)]
struct Alike {
    started: usize,
    failed: usize,
    succeeded: usize,
    recorded: usize,
    moved: usize,
    /// Whether a violation was reported: once is enough.
    reported: bool,
}

/// What is known of a request while it waits.
struct Waiting {
    transfer: Transfer,
    /// The index of the fact in which it started.
    at: usize,
    /// Whether everything rested when it started.
    rested: bool,
    /// The least that its account has held meanwhile, minus what others might still take.
    least: i64,
}

/// A message names no more accounts than these.
const NAMED: usize = 4;

/// Follows one run.
pub(super) struct Books<'e> {
    evidence: &'e Evidence,
    /// What all accounts hold together.
    all_money: i64,
    balances: BTreeMap<u32, i64>,
    /// Nothing more can be said about which transfers have happened; the violation was reported already.
    unknown: bool,
    alike: BTreeMap<Transfer, Alike>,
    waiting: BTreeMap<u32, Waiting>,
    unfinished: Unfinished,
    rested: bool,
    violations: Vec<Violation>,
}

impl Books<'_> {
    /// The violations that the books of this run show.
    pub(super) fn follow(evidence: &Evidence) -> Vec<Violation> {
        let mut books = Books {
            evidence,
            all_money: all_money(evidence),
            balances: opening_balances(evidence),
            unknown: false,
            alike: BTreeMap::new(),
            waiting: BTreeMap::new(),
            unfinished: Unfinished::default(),
            rested: true,
            violations: Vec::new(),
        };
        let mut turn = None;
        for (at, entry) in evidence.entries().iter().enumerate() {
            if turn.replace(entry.turn) != Some(entry.turn) {
                books.note_least();
            }
            books.note(at, entry.turn, &entry.fact);
        }
        books.all_looks();
        books.violations
    }

    /// The next accounts are new ones, and know nothing of what was moved before.
    fn begin_anew(&mut self) {
        self.balances = opening_balances(self.evidence);
        self.alike.clear();
        self.waiting.clear();
        self.unfinished = Unfinished::default();
    }

    fn wrong(&mut self, kind: Kind, turn: usize, message: String) {
        self.violations.push(Violation {
            kind,
            turn,
            message,
        });
    }

    fn note(&mut self, at: usize, turn: usize, fact: &Fact) {
        self.unfinished.note(self.evidence, fact);
        // Tasks run then, and a caller may ask again before they rest.
        let wakes = matches!(
            fact,
            Fact::Answered { .. }
                | Fact::Dropped { .. }
                | Fact::HungUp { .. }
                | Fact::Passed { .. }
                | Fact::Discarded
        );
        self.rested &= !wakes;
        match fact {
            Fact::Started { request, .. } => self.started(*request, at),
            Fact::Began { operation } => self.stray(*operation, turn),
            Fact::Answered { operation, outcome } if outcome.is_value() => {
                self.recorded(*operation);
            }
            Fact::Dropped { operation } => {
                // A record that was answered earlier is already written.
                let it = self.evidence.operation(*operation);
                if it.is_some_and(|it| it.happened && it.outcome.is_none()) {
                    self.recorded(*operation);
                }
            }
            Fact::Returned { request, answer } => self.returned(*request, answer, at, turn),
            Fact::Panicked { request, message } => self.panicked(*request, message, at, turn),
            Fact::HungUp { request } => {
                self.waiting.remove(request);
            }
            Fact::Discarded => self.begin_anew(),
            Fact::Seen { value, .. } => self.looked(value, turn),
            Fact::Settled { idle, .. } => self.rested = *idle,
            _ => {}
        }
    }

    fn alike(&mut self, transfer: Transfer) -> &mut Alike {
        self.alike.entry(transfer).or_default()
    }

    /// Whether carrying it out moves money.
    fn moves(&self, it: Transfer) -> bool {
        it.amount > 0 && it.from != it.to && self.exists(it.from) && self.exists(it.to)
    }

    fn exists(&self, account: u32) -> bool {
        accounts(self.evidence).contains(&account)
    }

    fn started(&mut self, request: u32, at: usize) {
        let Some(transfer) = Transfer::of(self.evidence, request) else {
            return;
        };
        self.alike(transfer).started += 1;
        let started = Waiting {
            transfer,
            at,
            rested: self.rested,
            least: i64::MAX,
        };
        self.waiting.insert(request, started);
        self.rested = false;
        self.note_least();
    }

    /// Notes the least that every waiting transfer can count on, whatever becomes of the others.
    fn note_least(&mut self) {
        let may_be_taken = self.unfinished.may_be_taken();
        for (request, it) in &mut self.waiting {
            let account = it.transfer.from;
            let balance = self.balances.get(&account).copied().unwrap_or_default();
            let by_all = may_be_taken.get(&account).copied().unwrap_or_default();
            let by_others = by_all - self.unfinished.takes(*request);
            it.least = it.least.min(balance - by_others);
        }
    }

    fn stray(&mut self, operation: u32, turn: usize) {
        let Some(it) = self.evidence.operation(operation) else {
            return;
        };
        if it.key.is_none() && !self.is_of_no_amount(&it.arguments) {
            let message = format!("record {operation} is about a transfer that nobody asked for");
            self.wrong(Kind::Unrecorded, turn, message);
        }
    }

    /// Whether this is what may be recorded of a transfer of a negative amount, which moves nothing.
    fn is_of_no_amount(&self, arguments: &[Value]) -> bool {
        let Some(record) = Transfer::recorded(self.evidence, arguments) else {
            return false;
        };
        let mut asked = self.alike.keys();
        let is_negative =
            |it: &Transfer| (it.from, it.to) == (record.from, record.to) && it.amount < 0;
        record.amount <= 0 && asked.any(is_negative)
    }

    fn recorded(&mut self, operation: u32) {
        let Some(it) = self.evidence.operation(operation) else {
            return;
        };
        if let Some(transfer) = Transfer::recorded(self.evidence, &it.arguments) {
            self.alike(transfer).recorded += 1;
        }
    }

    /// Takes in the balances seen at the end of a turn.
    fn looked(&mut self, value: &Value, turn: usize) {
        let evidence = self.evidence;
        let Some(seen) = Balances::seen(evidence, value) else {
            let message = "a look saw something other than a balance of each account and a total";
            return self.wrong(Kind::Garbled, turn, message.to_owned());
        };
        if let Some(held) = seen.nowhere() {
            let message = format!(
                "account {NOWHERE} does not exist, but `balance` says that it holds {held}"
            );
            self.wrong(Kind::WrongBalance, turn, message);
        }
        let mut change = BTreeMap::new();
        let mut balances = BTreeMap::new();
        for (account, before) in &self.balances {
            let held = seen.of(*account);
            let Some(balance) = held.filter(|it| it.unsigned_abs() < MOST_MONEY) else {
                let message = match held {
                    None => format!("`balance` does not know account {account}, which exists"),
                    Some(balance) => format!(
                        "account {account} holds {balance} now: all accounts together do not have as much"
                    ),
                };
                if !self.unknown {
                    self.wrong(Kind::TotalChanged, turn, message);
                }
                self.unknown = true;
                return;
            };
            balances.insert(*account, balance);
            if balance != *before {
                change.insert(*account, balance - before);
            }
        }
        let before = std::mem::replace(&mut self.balances, balances);
        if !self.unknown {
            let moved = self.explained(&change, seen.total(), turn);
            self.overdrawn(&before, &moved, turn);
            self.compare(turn);
        }
    }

    /// The transfers that were carried out in this turn.
    fn explained(&mut self, change: &BTreeMap<u32, i64>, total: i64, turn: usize) -> Vec<Transfer> {
        let all = self.all_money;
        let sum: i64 = self.balances.values().sum();
        if sum != all || total != all {
            self.unknown = true;
            let message = match total == sum {
                true => format!("all accounts together held {all} at first, and now hold {total}"),
                false => format!(
                    "all accounts together held {all} at first; now `total` says {total}, and their balances are {sum} together"
                ),
            };
            self.wrong(Kind::TotalChanged, turn, message);
            return Vec::new();
        }
        let candidates = |may: fn(&Alike) -> usize| -> Vec<(Transfer, usize)> {
            let all = self.alike.iter().filter(|(it, _)| self.moves(**it));
            all.map(|(it, alike)| (*it, may(alike)))
                .filter(|(_, times)| *times > 0)
                .collect()
        };
        let justified = candidates(|it| {
            let may = it.recorded.min(it.started.saturating_sub(it.failed));
            may.saturating_sub(it.moved)
        });
        let recorded = candidates(|it| it.recorded.min(it.started).saturating_sub(it.moved));
        let asked = candidates(|it| it.started.saturating_sub(it.moved));
        // Those that were told Ok have moved if they can have: two that are opposite and of the
        // same amount change nothing together.
        let told = candidates(|it| it.succeeded.saturating_sub(it.moved));
        let all = [justified, recorded, asked];
        let with_told = || {
            let mut all = all.iter();
            all.find_map(|candidates| explain_with(change, &told, candidates))
        };
        let moved = (!told.is_empty()).then(with_told).flatten();
        let moved = moved.or_else(|| all.iter().find_map(|it| explain(change, it)));
        let Some(moved) = moved else {
            self.unknown = true;
            let mut accounts: Vec<String> = change.keys().map(u32::to_string).collect();
            if accounts.len() > NAMED {
                let others = accounts.split_off(NAMED).len();
                accounts.push(count(others, "other", "others"));
            }
            let message = format!(
                "the balances of accounts {} changed in a way that no requested transfers, each carried out once and whole, explain",
                accounts.join(" and ")
            );
            self.wrong(Kind::Unexplained, turn, message);
            return Vec::new();
        };
        for transfer in &moved {
            self.alike(*transfer).moved += 1;
        }
        moved
    }

    fn overdrawn(&mut self, before: &BTreeMap<u32, i64>, moved: &[Transfer], turn: usize) {
        let below = self.balances.iter().find(|(_, balance)| **balance < 0);
        let Some((account, balance)) = below.map(|(account, balance)| (*account, *balance)) else {
            return;
        };
        let held = before.get(&account).copied().unwrap_or_default();
        if held < 0 {
            // Reported already.
            return;
        }
        let message = match moved.iter().find(|it| it.from == account) {
            Some(Transfer { to, amount, .. }) => format!(
                "{amount} went from account {account} to account {to}; account {account} held {held}, and now holds {balance}"
            ),
            None => format!("account {account} held {held}, and now holds {balance}"),
        };
        self.wrong(Kind::Overdrawn, turn, message);
    }

    /// Compares the moves with the records, and with what the callers were told.
    fn compare(&mut self, turn: usize) {
        let mut found = Vec::new();
        let mut reported = BTreeSet::new();
        for (it, alike) in &self.alike {
            if alike.reported || !self.moves(*it) {
                continue;
            }
            let Transfer { from, to, amount } = *it;
            let what = format!("{amount} went from account {from} to account {to}");
            let wrong = if alike.moved > alike.recorded {
                let message = match alike.recorded {
                    0 => format!("{what} before the audit had written its record"),
                    _ => format!("{what} more often than the audit has records of it"),
                };
                Some((Kind::Unrecorded, message))
            } else if alike.moved > alike.started - alike.failed {
                let message = format!("{what}, although its caller was told an error");
                Some((Kind::FailedYetDone, message))
            } else if alike.moved < alike.succeeded {
                let message = format!(
                    "a caller was told Ok, but {amount} did not go from account {from} to account {to}"
                );
                Some((Kind::NotDone, message))
            } else {
                None
            };
            if let Some(wrong) = wrong {
                found.push(wrong);
                reported.insert(*it);
            }
        }
        for it in reported {
            self.alike(it).reported = true;
        }
        for (kind, message) in found {
            self.wrong(kind, turn, message);
        }
    }

    fn returned(&mut self, request: u32, answer: &Returned, at: usize, turn: usize) {
        let Some(it) = self.waiting.remove(&request) else {
            return;
        };
        let transfer = it.transfer;
        let is_missing = !self.exists(transfer.from) || !self.exists(transfer.to);
        let must_be_missing = is_missing && transfer.amount > 0 && transfer.from != transfer.to;
        let error = match answer {
            Returned::Plain(Value::Nothing) => {
                self.alike(transfer).succeeded += 1;
                if must_be_missing {
                    let message = format!(
                        "request {request} returned Ok, but one of its accounts does not exist"
                    );
                    self.wrong(Kind::NotRefused, turn, message);
                }
                return;
            }
            Returned::Error { error, .. } => *error,
            _ => {
                let message =
                    format!("request {request} returned something other than Ok or an error");
                return self.wrong(Kind::InventedError, turn, message);
            }
        };
        self.alike(transfer).failed += 1;
        if transfer.amount <= 0 || self.may_have_panicked(&it, at) {
            return;
        }
        match error {
            UNAVAILABLE if !self.own_record_failed(&it, at) => {
                let message = format!(
                    "request {request} was told that the audit is unavailable, but none of its own records failed"
                );
                self.wrong(Kind::InventedError, turn, message);
            }
            INSUFFICIENT if must_be_missing => {
                let message = format!(
                    "request {request} was told `Insufficient`, but one of its accounts does not exist"
                );
                self.wrong(Kind::NotRefused, turn, message);
            }
            INSUFFICIENT
                if !self.unknown && !is_missing && it.rested && transfer.amount <= it.least =>
            {
                let message = format!(
                    "request {request} was told `Insufficient` and asked for {2}, although account {0} held {1} that no transfer under way could take",
                    transfer.from, it.least, transfer.amount
                );
                self.wrong(Kind::NeedlessRefusal, turn, message);
            }
            NO_SUCH_ACCOUNT if !is_missing => {
                let message = format!(
                    "request {request} was told `NoSuchAccount`, but both of its accounts exist"
                );
                self.wrong(Kind::InventedError, turn, message);
            }
            _ => {}
        }
    }

    fn panicked(&mut self, request: u32, message: &str, at: usize, turn: usize) {
        let Some(it) = self.waiting.remove(&request) else {
            return;
        };
        self.alike(it.transfer).failed += 1;
        if !self.may_have_panicked(&it, at) {
            let message = format!("request {request} panicked: {}", one_line(message, 200));
            // Where exceptions are errors, it was told of its record, in other words.
            match self.own_record_failed(&it, at) && !self.evidence.has_wakers() {
                true => {
                    let message = format!("{message}: its record had failed");
                    self.wrong(Kind::InventedError, turn, message);
                }
                false => self.wrong(Kind::Panicked, turn, message),
            }
        }
    }

    /// Whether a record of this transfer has ended this way since the request started.
    fn heard(
        &self,
        it: &Waiting,
        at: usize,
        how: impl Fn(Outcome) -> bool,
        about: impl Fn(Transfer) -> bool,
    ) -> bool {
        let since = &self.evidence.entries()[it.at..at];
        let mut ended = since.iter().filter_map(|entry| match entry.fact {
            Fact::Delivered { operation } => self.evidence.operation(operation),
            _ => None,
        });
        ended.any(|operation| {
            let recorded = Transfer::recorded(self.evidence, &operation.arguments);
            operation.outcome.is_some_and(&how) && recorded.is_some_and(&about)
        })
    }

    fn own_record_failed(&self, it: &Waiting, at: usize) -> bool {
        self.heard(it, at, Outcome::is_error, |other| other == it.transfer)
    }

    /// Whether a record panicked in a task that may have served this request as well.
    fn may_have_panicked(&self, it: &Waiting, at: usize) -> bool {
        let shares = |other: Transfer| other.shares_account(it.transfer);
        self.heard(it, at, |outcome| outcome == Outcome::Panic, shares)
    }

    /// The accounts are looked at after each turn: if nothing was seen, the look panicked.
    fn all_looks(&mut self) {
        let facts = self.evidence.entries();
        let seen: BTreeSet<usize> = facts
            .iter()
            .filter(|entry| matches!(entry.fact, Fact::Seen { .. }))
            .map(|entry| entry.turn)
            .collect();
        for entry in facts {
            if let Fact::Broke { message } = &entry.fact
                && !seen.contains(&entry.turn)
            {
                let message = format!(
                    "`balance` or `total` panicked while transfers were suspended: {}",
                    one_line(message, 200)
                );
                self.wrong(Kind::Panicked, entry.turn, message);
                return;
            }
        }
    }
}

fn opening_balances(evidence: &Evidence) -> BTreeMap<u32, i64> {
    let held = |account| (account, opening(evidence, account));
    accounts(evidence).map(held).collect()
}
