//! Transfers between accounts, each recorded by an audit first: the world of `transfer`.
//!
//! The submission holds the balances itself, and the grader looks at them after every turn. How much a
//! transfer moves follows from its size and the grading's secrets. Its main type is
//! [`Transfer`].

mod unfinished;

use protocol::{Ending, Value};

use super::{ErrorName, Look, OperationKind, World};
use crate::evidence::{
    ALIKE, Evidence, FAR_AWAY, FAR_KEYS, Fact, Remembered, Returned, Secrets, WITH_ID_ZERO,
};
use crate::schedule::{FIRST_KEY, Few, Outcome};
use crate::text::count;

pub use unfinished::{Unfinished, UnfinishedTransfer};

/// See the module.
#[derive(Debug)]
pub struct Audit;

/// The sizes of transfers, by the third number of an ask: one that fits easily.
pub const SMALL: u32 = 0;
/// More than half of what the account holds at first.
pub const MOST: u32 = 1;
/// Exactly what it holds at first.
pub const ALL: u32 = 2;
/// A little more than it holds at first.
pub const BEYOND: u32 = 3;
/// Nothing.
pub const ZERO: u32 = 4;
/// Less than nothing.
pub const NEGATIVE: u32 = 5;
/// Half of what it holds at first.
pub const HALF: u32 = 6;
/// What it has left when half is gone.
pub const REST: u32 = 7;
/// One more than [`REST`].
pub const OVER_THE_REST: u32 = 8;
/// One more than it holds at first.
pub const ONE_BEYOND: u32 = 9;
/// Far more than it holds, of which 32 bits show only a little.
pub const FAR_BEYOND: u32 = 10;
/// Far less than nothing; the same.
pub const FAR_BELOW: u32 = 11;

/// An account that exists in no run.
pub const NOWHERE: u32 = FIRST_KEY - 1;

/// The places of the errors.
pub const UNAVAILABLE: u8 = 0;
/// See [`UNAVAILABLE`].
pub const INSUFFICIENT: u8 = 1;
/// See [`UNAVAILABLE`].
pub const NO_SUCH_ACCOUNT: u8 = 2;

/// The number of accounts in a run that does not state one.
const USUAL_ACCOUNTS: u32 = 40;

/// No run has more of them, whatever a replay key says.
const MOST_ACCOUNTS: u32 = FLOODED_ACCOUNTS;

/// The number of accounts in a flood. An account is asked about again only when its
/// earlier transfers have been answered.
pub const FLOODED_ACCOUNTS: u32 = 800;

/// The first of [`ODD_ONES`] accounts whose ids are easily mistaken for that of the first
/// account, or for each other's. Few runs have that many.
pub const ODD: u32 = FIRST_KEY + USUAL_ACCOUNTS;

/// Keys with such ids, none of which a run uses otherwise: some differ in one bit, others by a prime, some are beyond what a float
/// can count to, and the last one's is 0.
const ODD_KEYS: [u32; 18] = {
    const BITS: [u32; 6] = [10, 16, 31, 32, 48, 61];
    let mut keys = [0; 18];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = if at < BITS.len() {
            FAR_AWAY + BITS[at]
        } else if at < keys.len() - 1 {
            FAR_AWAY + FAR_KEYS - (keys.len() - 1 - at) as u32
        } else {
            WITH_ID_ZERO
        };
        at += 1;
    }
    keys
};

/// How many begin with [`ODD`].
pub const ODD_ONES: u32 = ODD_KEYS.len() as u32;

const KINDS: &[OperationKind] = &[OperationKind {
    name: "record",
    noun: "record",
    errors: &[UNAVAILABLE],
    blocks: false,
}];

const ERRORS: &[ErrorName] = &[
    ErrorName {
        name: "unavailable",
        words: "the audit is unavailable",
    },
    ErrorName {
        name: "insufficient",
        words: "insufficient",
    },
    ErrorName {
        name: "no_such_account",
        words: "no such account",
    },
];

/// An amount to move from one account to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transfer {
    /// From.
    pub from: u32,
    /// To.
    pub to: u32,
    /// How much.
    pub amount: i64,
}

impl Transfer {
    /// The transfer that this request asks for.
    pub fn of(evidence: &Evidence, request: u32) -> Option<Transfer> {
        let it = evidence.request(request)?;
        let number = it.repeats.unwrap_or(request);
        Some(asked(evidence.common(), number, it.numbers))
    }

    /// The transfer that a record is about, if its accounts have numbers and its amount is one
    /// that can be asked for.
    pub fn recorded(evidence: &Evidence, arguments: &[Value]) -> Option<Transfer> {
        let account = |place: usize| {
            let id = arguments.get(place)?.number()?.cast_unsigned();
            let odd = (ODD..ODD + ODD_ONES).find(|odd| id_of(evidence, *odd) == id);
            let before = evidence.wire_id(FIRST_KEY) - u64::from(FIRST_KEY);
            let number = id.checked_sub(before);
            let usual = number.filter(|number| *number < u64::from(ALIKE));
            odd.or(usual.map(|number| number as u32))
        };
        Some(Transfer {
            from: account(0)?,
            to: account(1)?,
            amount: arguments
                .get(2)?
                .number()
                .filter(|it| it.unsigned_abs() < MOST_MONEY)?,
        })
    }

    /// Whether two transfers have an account in common.
    pub fn shares_account(self, other: Transfer) -> bool {
        [self.from, self.to]
            .iter()
            .any(|account| [other.from, other.to].contains(account))
    }
}

/// The id of an account.
fn id_of(evidence: &Evidence, account: u32) -> u64 {
    let place = account.checked_sub(ODD).map(|place| place as usize);
    let key = place.and_then(|place| ODD_KEYS.get(place));
    evidence.wire_id(*key.unwrap_or(&account))
}

/// An ask of one number also involves the next account, and is large.
fn asked(secrets: &Secrets, number: u32, numbers: Few) -> Transfer {
    let from = numbers.at(0);
    let (to, size) = match numbers.all().len() {
        0 | 1 => (from.saturating_add(1), MOST),
        _ => (numbers.at(1), numbers.at(2)),
    };
    let held = opening_of(secrets, from);
    let any = || secrets.number("amount", number, u64::MAX).cast_signed();
    let random = |limit: i64| {
        let any = AMOUNTS.with(|known| known.get(secrets, number, any));
        (any.cast_unsigned() % limit.unsigned_abs().max(1)) as i64
    };
    let amount = match size {
        SMALL => 1 + random(held / 50),
        MOST => held * 55 / 100 + random(held / 10),
        ALL => held,
        BEYOND => held + 1 + random(held / 16),
        ZERO => 0,
        HALF => held / 2,
        REST => held - held / 2,
        OVER_THE_REST => held - held / 2 + 1,
        ONE_BEYOND => held + 1,
        FAR_BEYOND => FAR + 1 + random(held / 50),
        FAR_BELOW => 1 + random(held / 50) - FAR,
        _ => -1 - random(held / 2),
    };
    Transfer { from, to, amount }
}

/// More than 32 bits can count, and a multiple of that.
const FAR: i64 = 1 << 40;

/// Amounts and balances are below this, by the contract.
pub const MOST_MONEY: u64 = 1 << 53;

/// Accounts beyond this one may have very much.
const RICH: u32 = 70;

thread_local! {
    static OPENINGS: Remembered = const { Remembered::nothing() };
    static AMOUNTS: Remembered = const { Remembered::nothing() };
}

fn opening_of(secrets: &Secrets, account: u32) -> i64 {
    OPENINGS.with(|known| known.get(secrets, account, || held_at_first(secrets, account)))
}

fn held_at_first(secrets: &Secrets, account: u32) -> i64 {
    let usual = 10_000 + secrets.number("opening", account, 10_000) as i64;
    // Every tenth of many has more than 32 bits can count.
    let is_rich = account > RICH && account.is_multiple_of(10);
    usual + if is_rich { FAR } else { 0 }
}

/// What an account holds at first.
pub fn opening(evidence: &Evidence, account: u32) -> i64 {
    opening_of(evidence.common(), account)
}

/// The accounts of the run.
pub fn accounts(evidence: &Evidence) -> std::ops::Range<u32> {
    accounts_of(evidence.made())
}

fn accounts_of(made: Few) -> std::ops::Range<u32> {
    FIRST_KEY..FIRST_KEY + made.at(0)
}

/// The balances seen at one look.
#[derive(Clone, Copy, Debug)]
pub struct Balances<'v>(&'v [Value]);

impl<'v> Balances<'v> {
    /// The balances of this look, if it has the right number of values.
    pub fn seen(evidence: &Evidence, value: &'v Value) -> Option<Balances<'v>> {
        let values = value.list();
        // The accounts, the one that does not exist, the total.
        (values.len() == accounts(evidence).len() + 2).then_some(Balances(values))
    }

    /// What this account of the run holds.
    pub fn of(self, account: u32) -> Option<i64> {
        let place = account.checked_sub(FIRST_KEY)? as usize;
        let places = self.0.len() - 2;
        self.0[..places].get(place)?.number()
    }

    /// The balance shown for an account that does not exist.
    pub fn nowhere(self) -> Option<i64> {
        self.0[self.0.len() - 2].number()
    }

    /// What `total` returned.
    pub fn total(self) -> i64 {
        self.0[self.0.len() - 1].number().unwrap_or_default()
    }
}

/// What all accounts hold together at first.
pub fn all_money(evidence: &Evidence) -> i64 {
    let all = accounts(evidence).map(|account| opening(evidence, account));
    all.sum()
}

impl World for Audit {
    fn name(&self) -> &'static str {
        "audit"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["transfer"]
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

    fn constructor(&self) -> &'static str {
        "Accounts::new"
    }

    fn made_with(&self, evidence: &Evidence, numbers: Few) -> Vec<Value> {
        let account = |account| {
            let held = opening(evidence, account);
            Value::List(vec![id_of(evidence, account).into(), held.into()])
        };
        vec![Value::List(accounts_of(numbers).map(account).collect())]
    }

    fn arguments(&self, evidence: &Evidence, request: u32, _: u8, numbers: Few) -> Vec<Value> {
        let Transfer { from, to, amount } = asked(evidence.common(), request, numbers);
        let id = |account| Value::from(id_of(evidence, account));
        vec![id(from), id(to), amount.into()]
    }

    fn key_of(&self, evidence: &Evidence, _: u8, arguments: &[Value]) -> Option<u32> {
        let recorded = Transfer::recorded(evidence, arguments)?;
        // Most often it is of one that came last.
        let mut requests = (1..evidence.next_request()).rev();
        let known = requests.any(|number| Transfer::of(evidence, number) == Some(recorded));
        known.then_some(recorded.from)
    }

    fn value(&self, _: &Evidence, _: u32, _: Outcome) -> Value {
        Value::Nothing
    }

    fn understand(&self, _: &Evidence, _: u32, ending: &Ending) -> Returned {
        match ending {
            Ending::Ok(nothing) => Returned::Plain(nothing.clone()),
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

    /// Requests that no live record can hold up, not even through other transfers.
    fn unserved(&self, evidence: &Evidence) -> Vec<u32> {
        Unfinished::of(evidence).unserved()
    }

    fn looks(&self, blank: &Evidence, made: Few) -> Vec<Look> {
        let id = |account| Value::from(id_of(blank, account));
        let accounts = accounts_of(made).chain([NOWHERE]);
        vec![Look {
            entry: "balances",
            arguments: accounts.map(id).collect(),
        }]
    }

    fn usual_numbers(&self) -> Few {
        Few::one(USUAL_ACCOUNTS)
    }

    fn bounded(&self, numbers: Few) -> Few {
        numbers.map(|number| number.clamp(1, MOST_ACCOUNTS))
    }

    /// Pairs of accounts; in every second pair one account does not exist. Some transfers are of
    /// more than there is.
    fn flooding(&self, key: u32) -> Few {
        let pair = FIRST_KEY + 2 * (key % (FLOODED_ACCOUNTS / 2));
        let to = match key % 2 {
            0 => pair + 1,
            // Below the ids of a run, and a different one each time.
            _ => FIRST_KEY + FLOODED_ACCOUNTS + key % ALIKE * ALIKE + key / ALIKE,
        };
        let size = match key % 7 {
            0 | 3 => BEYOND,
            _ => SMALL,
        };
        Few::of(&[pair, to, size])
    }

    fn made(&self, numbers: Few) -> String {
        let accounts = count(numbers.at(0) as usize, "account opens", "accounts open");
        format!("{accounts}, the first one is account {FIRST_KEY}")
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        match Transfer::of(evidence, request) {
            Some(Transfer { from, to, amount }) => {
                format!("transfers {amount} from account {from} to account {to}")
            }
            None => "transfers something".to_owned(),
        }
    }

    fn about(&self, evidence: &Evidence, operation: u32) -> String {
        let Some(it) = evidence.operation(operation) else {
            return String::new();
        };
        match Transfer::recorded(evidence, &it.arguments) {
            Some(Transfer { from, to, amount }) => format!("{amount} from {from} to {to}"),
            None => "between accounts nobody asked about".to_owned(),
        }
    }

    fn brings(&self, _: &Evidence, _: u32) -> String {
        "as written".to_owned()
    }

    fn seen(&self, evidence: &Evidence, _: usize, value: &Value) -> Option<String> {
        let balances = Balances::seen(evidence, value)?;
        let overdrawn = accounts(evidence).find_map(|account| {
            let balance = balances.of(account)?;
            (balance < 0).then(|| format!("account {account} holds {balance}"))
        });
        overdrawn.or_else(|| {
            let changed = balances.total() != all_money(evidence);
            changed.then(|| format!("all accounts together hold {}", balances.total()))
        })
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Plain(_) => "Ok".to_owned(),
            Returned::Error { error, .. } => {
                let world: &dyn World = self;
                format!("the error: {}", world.error_words(*error))
            }
            _ => "something else".to_owned(),
        }
    }

    /// The balances of the accounts that requests were about.
    fn state(&self, evidence: &Evidence) -> Vec<String> {
        let seen = evidence.entries().iter().rev();
        let mut seen = seen.filter_map(|entry| match &entry.fact {
            Fact::Seen { value, .. } => Balances::seen(evidence, value),
            _ => None,
        });
        let balances = seen.next();
        let named = |account: &u32| {
            let mut requests = evidence.requests();
            requests.any(|(number, _)| {
                Transfer::of(evidence, number).is_some_and(|it| [it.from, it.to].contains(account))
            })
        };
        let held = accounts(evidence).filter(named).map(|account| {
            let balance = balances.and_then(|balances| balances.of(account));
            let balance = balance.unwrap_or_else(|| opening(evidence, account));
            format!("account {account}: {balance}")
        });
        held.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Action, Turn};

    #[test]
    fn a_transfer_is_as_large_as_its_size_says() {
        for secret in 0..50 {
            let mut evidence = Evidence::new(&Audit, 0, secret);
            for size in [SMALL, MOST, MOST, ALL, BEYOND, ZERO, NEGATIVE] {
                let numbers = Few::of(&[7, 8, size]);
                evidence.begin(Turn::full(Action::call(0, numbers)));
            }
            let held = opening(&evidence, 7);
            let amounts: Vec<i64> = (1..=7)
                .map(|number| Transfer::of(&evidence, number).unwrap().amount)
                .collect();
            assert!(0 < amounts[0] && amounts[0] * 40 < held, "{amounts:?}");
            assert!(amounts[1] < held && amounts[1] + amounts[2] > held);
            assert_eq!(amounts[3], held);
            assert!(amounts[4] > held && amounts[6] < 0);
            assert_eq!(amounts[5], 0);
        }
    }

    #[test]
    fn no_two_accounts_have_one_id() {
        for base in [0, 2_000, 1 << 20, 3_999_999_000] {
            let evidence = Evidence::new(&Audit, base, 1);
            let mut ids = std::collections::BTreeMap::new();
            for account in NOWHERE..FIRST_KEY + MOST_ACCOUNTS {
                let other = ids.insert(id_of(&evidence, account), account);
                assert_eq!(
                    other, None,
                    "account {account}, where run begins with {base}"
                );
            }
        }
    }

    #[test]
    fn a_record_says_whose_transfer_it_is() {
        let mut evidence = Evidence::new(&Audit, 5_000_000, 1);
        let numbers = Few::of(&[9, NOWHERE, MOST]);
        evidence.begin(Turn::full(Action::call(0, numbers)));
        let arguments = Audit.arguments(&evidence, 1, 0, numbers);
        let recorded = Transfer::recorded(&evidence, &arguments);
        assert_eq!(recorded, Transfer::of(&evidence, 1));
        assert_eq!(Audit.key_of(&evidence, 0, &arguments), Some(9));
        let other = [arguments[1].clone(), arguments[0].clone(), 5_i64.into()];
        assert_eq!(Audit.key_of(&evidence, 0, &other), None);
    }
}
