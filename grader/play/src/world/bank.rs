//! Balances that are read and written: the world of `lost_update`.
//!
//! What a read brings depends on the writes before it. Every deposit has an amount of its
//! own, and no two sets of amounts have the same sum, so a balance shows which deposits
//! are in it. The main function is [`deposits_in`].

use std::collections::BTreeSet;

use protocol::{Ending, Value};

use super::{ErrorName, OperationKind, World};
use crate::evidence::{Entry, Evidence, Fact, Remembered, Returned, Secrets};
use crate::schedule::{Few, Outcome};

/// See the module.
#[derive(Debug)]
pub struct Bank;

/// The indexes of the kinds.
pub const READ: u8 = 0;
/// See [`READ`].
pub const WRITE: u8 = 1;

/// There are so many amounts: more would no longer fit.
const AMOUNTS: u32 = 44;

const KINDS: &[OperationKind] = &[
    OperationKind {
        name: "read",
        noun: "read",
        errors: &[0],
        blocks: false,
    },
    OperationKind {
        name: "write",
        noun: "write",
        errors: &[0],
        blocks: false,
    },
];

const ERRORS: &[ErrorName] = &[ErrorName {
    name: "unavailable",
    words: "unavailable",
}];

thread_local! {
    static OPENINGS: Remembered = const { Remembered::nothing() };
    static REMEMBERED: Remembered = const { Remembered::nothing() };
}

/// What an account holds before anything is written.
pub fn opening(evidence: &Evidence, account: u32) -> i64 {
    let common = evidence.common();
    let opening = || common.number("opening", account, 1_000) as i64 + 100;
    OPENINGS.with(|known| known.get(common, account, opening))
}

/// The amount of a deposit, by its request's number.
pub fn amount(evidence: &Evidence, request: u32) -> i64 {
    let repeated = evidence.request(request).and_then(|it| it.repeats);
    amount_of(evidence.common(), repeated.unwrap_or(request))
}

/// Each amount is larger than all before it together, until they begin anew.
fn amount_of(secrets: &Secrets, number: u32) -> i64 {
    let place = (number - 1) % AMOUNTS + 1;
    REMEMBERED.with(|known| known.get(secrets, place, || growing(secrets, place)))
}

fn growing(secrets: &Secrets, number: u32) -> i64 {
    let mut sum = 0;
    let mut amount = 0;
    for number in 1..=number {
        amount = sum + 1 + secrets.number("amount", number, sum / 64 + 20);
        sum += amount;
    }
    amount as i64
}

/// The accounts with two deposits of one amount: no balance says which of them is in it.
pub fn uncounted(evidence: &Evidence) -> BTreeSet<u32> {
    let mut seen = BTreeSet::new();
    let deposits = evidence.requests().filter(|(_, it)| it.repeats.is_none());
    let again = deposits.filter(|(number, it)| !seen.insert((it.key, amount(evidence, *number))));
    again.map(|(_, it)| it.key).collect()
}

/// The deposits in a balance of `account`, by their requests; `None` if no set of the
/// run's deposits explains it. A repeated request stands for both: a balance holds one
/// of them at most.
pub fn deposits_in(evidence: &Evidence, account: u32, balance: i64) -> Option<BTreeSet<u32>> {
    // A balance may be any number at all.
    let mut rest = balance.checked_sub(opening(evidence, account))?;
    let mut deposits = BTreeSet::new();
    let of_account = |(_, request): &(u32, &crate::evidence::Request)| request.key == account;
    let mut requests: Vec<(i64, u32)> = evidence
        .requests()
        .filter(of_account)
        .filter(|(_, request)| request.repeats.is_none())
        .map(|(number, _)| (amount(evidence, number), number))
        .collect();
    requests.sort_unstable();
    for (amount, number) in requests.into_iter().rev() {
        if rest >= amount {
            rest -= amount;
            deposits.insert(number);
        }
    }
    (rest == 0).then_some(deposits)
}

/// What `account` holds after everything known so far.
pub fn stored(evidence: &Evidence, account: u32) -> i64 {
    after(evidence, evidence.entries(), account)
}

/// What `account` holds after these facts, the first ones of a run. Each instance has a bank
/// of its own.
fn after(evidence: &Evidence, facts: &[Entry], account: u32) -> i64 {
    let discarded = |entry: &Entry| entry.fact == Fact::Discarded;
    let ended = facts.iter().rposition(discarded).map_or(0, |at| at + 1);
    let (of_others, facts) = facts.split_at(ended);
    let began = |entry: &&Entry| matches!(entry.fact, Fact::Began { .. });
    let by_others = of_others.iter().filter(began).count() as u32;
    let facts = facts.iter().rev().map(|entry| &entry.fact);
    let mut written = facts.filter_map(|fact| written(evidence, by_others, fact));
    let last = written.find(|(of, _)| *of == account);
    last.map_or_else(|| opening(evidence, account), |(_, balance)| balance)
}

/// The balance that a read was answered with.
fn told(evidence: &Evidence, read: u32, account: u32) -> i64 {
    let answers =
        |entry: &Entry| matches!(entry.fact, Fact::Answered { operation, .. } if operation == read);
    let facts = evidence.entries();
    let at = facts.iter().position(answers).unwrap_or(facts.len());
    after(evidence, &facts[..at], account)
}

/// The account that this fact changes, and its balance from then on. The first so many
/// operations were begun by earlier instances, which had other banks.
pub fn written(evidence: &Evidence, by_others: u32, fact: &Fact) -> Option<(u32, i64)> {
    let operation = match fact {
        Fact::Answered {
            operation,
            outcome: Outcome::Value,
        } => *operation,
        Fact::Dropped { operation } => {
            // A write that was answered earlier has already happened.
            let it = evidence.operation(*operation)?;
            (it.happened && it.outcome.is_none()).then_some(*operation)?
        }
        _ => return None,
    };
    let it = evidence.operation(operation)?;
    if it.kind != WRITE || operation <= by_others {
        return None;
    }
    Some((it.key?, it.arguments.get(1)?.number()?))
}

impl World for Bank {
    fn name(&self) -> &'static str {
        "bank"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["deposit"]
    }

    fn kinds(&self) -> &'static [OperationKind] {
        KINDS
    }

    fn errors(&self) -> &'static [ErrorName] {
        ERRORS
    }

    fn key_noun(&self) -> &'static str {
        "account"
    }

    fn in_a_flood(&self, kind: u8) -> Option<Value> {
        (kind == READ).then(|| Value::from(0_i64))
    }

    fn constructor(&self) -> &'static str {
        "Accounts::new"
    }

    fn arguments(&self, evidence: &Evidence, request: u32, _: u8, numbers: Few) -> Vec<Value> {
        let amount = amount_of(evidence.common(), request);
        vec![evidence.wire_id(numbers.at(0)).into(), amount.into()]
    }

    fn key_of(&self, evidence: &Evidence, _: u8, arguments: &[Value]) -> Option<u32> {
        evidence.known_key(arguments.first()?)
    }

    fn is_known_in_advance(&self) -> bool {
        false
    }

    fn value(&self, evidence: &Evidence, operation: u32, _: Outcome) -> Value {
        match evidence.operation(operation) {
            Some(read) if read.kind == READ => {
                let account = read.key.unwrap_or_default();
                stored(evidence, account).into()
            }
            _ => Value::Nothing,
        }
    }

    fn understand(&self, _: &Evidence, _: u32, ending: &Ending) -> Returned {
        match ending {
            Ending::Ok(balance) => Returned::Plain(balance.clone()),
            Ending::Error(name, _) => {
                let world: &dyn World = self;
                let place = world.error_place(name);
                place.map_or(Returned::Invented, |error| Returned::Error {
                    error,
                    own: true,
                })
            }
            Ending::Panic => Returned::Invented,
        }
    }

    /// Waiting requests for whose account nothing is under way.
    fn unserved(&self, evidence: &Evidence) -> Vec<u32> {
        let key = |number: &u32| evidence.request(*number).map(|request| request.key);
        evidence
            .waiting()
            .filter(|number| key(number).is_some_and(|key| !evidence.is_under_way(key)))
            .collect()
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        let account = evidence.request(request).map_or(0, |it| it.key);
        let amount = amount(evidence, request);
        format!("deposits {amount} in account {account}")
    }

    fn about(&self, evidence: &Evidence, operation: u32) -> String {
        let Some(it) = evidence.operation(operation) else {
            return String::new();
        };
        let account = match it.key {
            Some(account) => format!("account {account}"),
            None => "an account nobody asked about".to_owned(),
        };
        match it.arguments.get(1).and_then(Value::number) {
            Some(balance) => format!("{balance} into {account}"),
            None => format!("of {account}"),
        }
    }

    fn brings(&self, evidence: &Evidence, operation: u32) -> String {
        let Some(it) = evidence.operation(operation) else {
            return String::new();
        };
        match it.kind {
            READ => format!(
                "with {}",
                told(evidence, operation, it.key.unwrap_or_default())
            ),
            _ => "as done".to_owned(),
        }
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Plain(Value::Number(balance)) => format!("the balance {balance}"),
            Returned::Error { .. } => "the error: unavailable".to_owned(),
            _ => "something else".to_owned(),
        }
    }

    fn state(&self, evidence: &Evidence) -> Vec<String> {
        let accounts: BTreeSet<u32> = evidence.requests().map(|(_, it)| it.key).collect();
        let held = accounts
            .into_iter()
            .map(|account| format!("account {account}: {}", stored(evidence, account)));
        held.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Action, Turn};

    #[test]
    fn a_balance_says_which_deposits_are_in_it() {
        let mut evidence = Evidence::new(&Bank, 0, 7);
        for _ in 0..AMOUNTS {
            evidence.begin(Turn::full(Action::ask(8)));
        }
        let begins = opening(&evidence, 8);
        let some = BTreeSet::from([1, 2, 17, 43, 44]);
        let sum: i64 = some.iter().map(|number| amount(&evidence, *number)).sum();
        assert_eq!(deposits_in(&evidence, 8, begins + sum), Some(some));
        let twice = begins + 2 * amount(&evidence, 44);
        assert_eq!(deposits_in(&evidence, 8, twice), None);
        assert_eq!(deposits_in(&evidence, 8, begins - 1), None);
        let all: i64 = (1..=AMOUNTS).map(|it| amount(&evidence, it)).sum();
        assert!(all < 1 << 53, "{all}");
    }
}
