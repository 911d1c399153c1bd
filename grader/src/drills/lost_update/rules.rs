//! The rules of `lost_update`: what the bank holds, what deposits return, and what they
//! are told when something fails.

use std::collections::{BTreeMap, BTreeSet};

use protocol::Value;

use crate::drills::common;
use play::evidence::{Evidence, Fact, Operation, Returned};
use play::judge::{Kind, Rules, Violation};
use play::schedule::Outcome;
use play::text::one_line;
use play::world::bank::{WRITE, deposits_in, uncounted, written};

/// Judges accounts into which deposits are made.
pub(super) struct Depositing;

impl Rules for Depositing {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let mut violations: Vec<Violation> = common::constructor(evidence).into_iter().collect();
        violations.extend(balances(evidence));
        violations.extend(common::hang(evidence));
        violations.extend(common::polling(evidence));
        violations.extend(common::late(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }

    fn minds_polling(&self) -> bool {
        true
    }
}

/// What is known of one account at some moment.
#[derive(Default)]
struct Account {
    /// The deposits in the balance that the bank holds.
    stored: BTreeSet<u32>,
    /// Nothing more can be said about that balance; the violation was reported already.
    unknown: bool,
    /// Deposits that were told an error.
    failed: BTreeSet<u32>,
    /// Deposits that returned a balance.
    returned: BTreeSet<u32>,
}

/// What is known of a deposit since its start.
struct Deposit {
    /// The index of the fact in which it started.
    at: usize,
    /// The deposits that had returned before.
    earlier: BTreeSet<u32>,
}

/// Follows all balances through a run.
struct Books<'e> {
    evidence: &'e Evidence,
    /// Accounts with too many deposits to tell them by a balance.
    uncounted: BTreeSet<u32>,
    accounts: BTreeMap<u32, Account>,
    /// Those of the current instance.
    deposits: BTreeMap<u32, Deposit>,
    /// How many operations have begun.
    begun: u32,
    /// How many of them were begun by earlier instances.
    by_others: u32,
}

fn balances(evidence: &Evidence) -> Vec<Violation> {
    let mut books = Books {
        evidence,
        uncounted: uncounted(evidence),
        accounts: BTreeMap::new(),
        deposits: BTreeMap::new(),
        begun: 0,
        by_others: 0,
    };
    let mut violations = Vec::new();
    for (at, entry) in evidence.entries().iter().enumerate() {
        let mut wrong = match &entry.fact {
            Fact::Started { request, again } => {
                books.started(*request, *again, at);
                None
            }
            Fact::Began { operation } => {
                books.begun += 1;
                books.stray(*operation)
            }
            Fact::Discarded => {
                books.begin_anew();
                None
            }
            Fact::Returned { request, answer } => books.returned(*request, answer, at),
            Fact::Panicked { request, message } => books.panicked(*request, message, at),
            _ => None,
        };
        if let Some((account, balance)) = written(evidence, books.by_others, &entry.fact) {
            wrong = wrong.or(books.written(account, balance));
        }
        violations.extend(wrong.map(|(kind, message)| Violation {
            kind,
            turn: entry.turn,
            message,
        }));
    }
    violations
}

type Wrong = Option<(Kind, String)>;

impl Books<'_> {
    /// The deposit that a request stands for: a repeated request stands for the first one.
    fn deposit_of(&self, request: u32) -> u32 {
        let repeats = self.evidence.request(request).and_then(|it| it.repeats);
        repeats.unwrap_or(request)
    }

    fn key_of(&self, request: u32) -> u32 {
        self.evidence.request(request).map_or(0, |it| it.key)
    }

    /// The deposits in a balance; none of them may lie in the future.
    fn explained(&self, account: u32, balance: i64) -> Option<BTreeSet<u32>> {
        let all = deposits_in(self.evidence, account, balance)?;
        let known = |deposit: &u32| self.deposits.contains_key(deposit);
        all.iter().all(known).then_some(all)
    }

    fn started(&mut self, request: u32, again: bool, at: usize) {
        let deposit = self.deposit_of(request);
        let account = self.accounts.entry(self.key_of(request)).or_default();
        if again {
            account.failed.remove(&deposit);
        }
        let earlier = account.returned.clone();
        self.deposits.insert(deposit, Deposit { at, earlier });
    }

    /// The next instance has a bank of its own.
    fn begin_anew(&mut self) {
        self.accounts.clear();
        self.deposits.clear();
        self.by_others = self.begun;
    }

    fn stray(&self, operation: u32) -> Wrong {
        let it = self.evidence.operation(operation)?;
        let noun = self.evidence.noun(operation);
        it.key.is_none().then(|| {
            let message = format!("{noun} {operation} is about an account that nobody asked about");
            (Kind::Unexplained, message)
        })
    }

    /// The bank holds this balance from now on.
    fn written(&mut self, key: u32, balance: i64) -> Wrong {
        if self.uncounted.contains(&key) {
            return None;
        }
        let now = self.explained(key, balance);
        let account = self.accounts.entry(key).or_default();
        if account.unknown {
            return None;
        }
        let Some(now) = now else {
            account.unknown = true;
            let message = format!(
                "the bank now holds {balance} for account {key}, which is not the sum of any set of whole deposits"
            );
            return Some((Kind::Unexplained, message));
        };
        let before = std::mem::replace(&mut account.stored, now);
        if let Some(lost) = before.difference(&account.stored).next() {
            let message = format!(
                "{balance} was written for account {key}: the deposit of request {lost}, which the bank had, is lost"
            );
            return Some((Kind::LostUpdate, message));
        }
        let failed = account.failed.intersection(&account.stored).next();
        failed.map(|request| {
            let message = format!(
                "the bank now has the deposit of request {request}, which was told an error"
            );
            (Kind::FailedYetDone, message)
        })
    }

    fn returned(&mut self, request: u32, answer: &Returned, at: usize) -> Wrong {
        if !self.deposits.contains_key(&self.deposit_of(request)) {
            return None;
        }
        match answer {
            Returned::Plain(Value::Number(balance)) => self.returned_ok(request, *balance),
            Returned::Error { .. } => self.returned_error(request, at),
            other => {
                let what = other.odd();
                let what =
                    what.unwrap_or_else(|| "something other than a balance or an error".to_owned());
                let message = format!("request {request} returned {what}");
                Some((Kind::WrongBalance, message))
            }
        }
    }

    fn returned_ok(&mut self, request: u32, balance: i64) -> Wrong {
        let (deposit, key) = (self.deposit_of(request), self.key_of(request));
        if self.uncounted.contains(&key) {
            return None;
        }
        let explained = self.explained(key, balance);
        let earlier = self.deposits.get(&deposit).map(|it| it.earlier.clone());
        let account = self.accounts.entry(key).or_default();
        account.returned.insert(deposit);
        let wrong = |message| Some((Kind::WrongBalance, message));
        let Some(made) = explained else {
            return wrong(format!(
                "request {request} returned the balance {balance}, which is not the sum of any set of whole deposits"
            ));
        };
        if !made.contains(&deposit) {
            return wrong(format!(
                "request {request} returned the balance {balance}, in which its own amount is missing"
            ));
        }
        if let Some(missing) = earlier.unwrap_or_default().difference(&made).next() {
            return wrong(format!(
                "request {request} returned the balance {balance}, in which the deposit of request {missing} is missing, although it had returned before"
            ));
        }
        if let Some(failed) = account.failed.intersection(&made).next() {
            return wrong(format!(
                "request {request} returned the balance {balance}, with the deposit of request {failed} in it, which was told an error"
            ));
        }
        if account.unknown {
            return None;
        }
        if !account.stored.contains(&deposit) {
            let message =
                format!("request {request} returned, but the bank does not have its deposit");
            return Some((Kind::LostUpdate, message));
        }
        let never = made.difference(&account.stored).next()?;
        wrong(format!(
            "request {request} returned the balance {balance}, with the deposit of request {never} in it, which the bank does not have"
        ))
    }

    fn returned_error(&mut self, request: u32, at: usize) -> Wrong {
        let (deposit, key) = (self.deposit_of(request), self.key_of(request));
        let is_justified = self.failed_with(request, at, |outcome| !outcome.is_value());
        let account = self.accounts.entry(key).or_default();
        account.failed.insert(deposit);
        if !account.unknown && account.stored.contains(&deposit) {
            let message =
                format!("request {request} was told an error, but the bank has its deposit");
            return Some((Kind::FailedYetDone, message));
        }
        (!is_justified).then(|| {
            let message = format!(
                "request {request} was told an error, although no read or write that it waited for had failed"
            );
            (Kind::InventedError, message)
        })
    }

    fn panicked(&self, request: u32, message: &str, at: usize) -> Wrong {
        let is_of_this = self.deposits.contains_key(&self.deposit_of(request));
        if !is_of_this || self.failed_with(request, at, |outcome| outcome == Outcome::Panic) {
            return None;
        }
        let message = format!("request {request} panicked: {}", one_line(message, 200));
        Some((Kind::Panicked, message))
    }

    /// Whether, before fact `at`, an operation with this ending was one that the request
    /// waited for, or may have waited for together with others. What its own call began counts
    /// even if it was about another deposit: it had to wait for it.
    fn failed_with(&self, request: u32, at: usize, how: fn(Outcome) -> bool) -> bool {
        let (deposit, key) = (self.deposit_of(request), self.key_of(request));
        let Some(started) = self.deposits.get(&deposit).map(|it| it.at) else {
            return false;
        };
        let since = self.evidence.entries().iter().take(at).skip(started);
        let mut heard = since.filter_map(|entry| match entry.fact {
            Fact::Delivered { operation } => self.evidence.operation(operation),
            _ => None,
        });
        heard.any(|it| {
            it.key == Some(key) && it.outcome.is_some_and(how)
                // A task that a panic took down may have served others as well.
                && (it.outcome == Some(Outcome::Panic)
                    || it.request == Some(request)
                    || self.may_be_of(it, deposit))
        })
    }

    /// Whether an operation may have been for this deposit, alone or with others. A read
    /// does not say which deposit it is for; a write does, by its balance.
    fn may_be_of(&self, operation: &Operation, deposit: u32) -> bool {
        let key = operation.key.unwrap_or_default();
        if operation.kind != WRITE || self.uncounted.contains(&key) {
            return true;
        }
        let balance = operation.arguments.get(1).and_then(Value::number);
        let all = balance.and_then(|balance| deposits_in(self.evidence, key, balance));
        all.is_none_or(|all| all.contains(&deposit))
    }
}
