//! Hashing passwords, each on a thread that it blocks: the world of `offload`.

use std::collections::HashSet;

use protocol::{Ending, Value};

use super::{ErrorName, OperationKind, World};
use crate::evidence::{Evidence, LETTERS, Operation, OperationState, Returned, Secrets};
use crate::schedule::{Few, Outcome};

/// See the module.
#[derive(Debug)]
pub struct Passwords;

/// A request for a user with this number or a higher one gives a password that is
/// too long.
pub const TOO_LONG: u32 = 10_000;

/// The user whose password is empty.
pub const EMPTY: u32 = 4_001;

/// The user whose password has what careless code would change.
pub const ODD: u32 = 4_002;

/// From here up to [`TOO_LONG`], passwords have the greatest length that is allowed.
pub const LONGEST: u32 = 5_000;

/// bcrypt reads no more than this many bytes of a password.
const MAX_PASSWORD_BYTES: usize = 72;

/// The work factor of real hashes: bcrypt's least, since each hash is computed
/// twice.
const COST: u32 = 4;

const KINDS: &[OperationKind] = &[OperationKind {
    name: "hash_password",
    noun: "hash",
    errors: &[],
    blocks: true,
}];

const ERRORS: &[ErrorName] = &[ErrorName {
    name: "too_long",
    words: "too long",
}];

impl World for Passwords {
    fn name(&self) -> &'static str {
        "passwords"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["hash"]
    }

    fn kinds(&self) -> &'static [OperationKind] {
        KINDS
    }

    fn errors(&self) -> &'static [ErrorName] {
        ERRORS
    }

    fn key_noun(&self) -> &'static str {
        "password"
    }

    fn constructor(&self) -> &'static str {
        "PasswordService::new"
    }

    fn arguments(&self, evidence: &Evidence, _: u32, _: u8, numbers: Few) -> Vec<Value> {
        vec![password(evidence.secrets(), numbers.at(0)).into()]
    }

    fn key_of(&self, evidence: &Evidence, _: u8, arguments: &[Value]) -> Option<u32> {
        let given = arguments.first()?.text()?;
        let key = number_in(given)?;
        let mut requests = evidence.requests();
        let is_asked_for = requests.any(|(_, request)| request.key == key);
        let is_it = || password(evidence.secrets(), key) == given;
        (is_asked_for && is_it()).then_some(key)
    }

    fn value(&self, evidence: &Evidence, operation: u32, outcome: Outcome) -> Value {
        match outcome {
            Outcome::Real => {
                let (cost, salt) = cost_and_salt(evidence.secrets(), operation);
                let salt = salt.map(|byte| Value::from(u32::from(byte))).to_vec();
                // A language that has no bcrypt works as long on something else, and ends with
                // this text: that work is done is its worker's word in any case.
                let text = bcrypt_of(evidence, operation).unwrap_or_default();
                vec![cost.into(), Value::List(salt), text.into()].into()
            }
            _ => hash_text(evidence.secrets(), operation).into(),
        }
    }

    fn understand(&self, evidence: &Evidence, request: u32, ending: &Ending) -> Returned {
        let key = evidence.request(request).map(|request| request.key);
        match ending {
            Ending::Ok(Value::Text(text)) => {
                let is_it = |(number, hash): &(u32, &Operation)| {
                    hash.key == key && is_text_of(evidence, *number, hash, text)
                };
                let own = evidence.operations().find(is_it);
                own.map_or(Returned::Invented, |(operation, _)| Returned::Of {
                    operation,
                })
            }
            Ending::Error(name, _) if name == "too_long" => Returned::Error {
                error: 0,
                own: true,
            },
            _ => Returned::Plain(Value::Nothing),
        }
    }

    /// Requests whose hash is over, or could begin because there is a free slot. A request
    /// whose hash panicked may be waiting for a slot to hash again.
    fn unserved(&self, evidence: &Evidence) -> Vec<u32> {
        let room = running(evidence).count() < max_parallel(evidence) as usize;
        let key_of = |(_, hash): (u32, &Operation)| hash.key;
        let runs: HashSet<u32> = running(evidence).filter_map(key_of).collect();
        let is_over = |(_, hash): &(u32, &Operation)| {
            let panicked = hash.outcome == Some(Outcome::Panic);
            hash.state == OperationState::Over && !panicked
        };
        let over = evidence.operations().filter(is_over);
        let over: HashSet<u32> = over.filter_map(key_of).collect();
        let is_unserved = |number: &u32| {
            let key = evidence.request(*number).map(|request| request.key);
            key.is_some_and(|key| !runs.contains(&key) && (room || over.contains(&key)))
        };
        let waiting = evidence.waiting();
        let own = waiting.filter(|number| evidence.is_of_this_instance(*number));
        own.filter(is_unserved).collect()
    }

    fn uses_threads(&self) -> bool {
        true
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        match evidence.request(request).map(|request| request.key) {
            Some(key) if key < TOO_LONG => format!("asks for the hash of password {key}"),
            _ => "asks for the hash of a password that is too long".to_owned(),
        }
    }

    fn about(&self, evidence: &Evidence, operation: u32) -> String {
        match evidence.operation(operation).and_then(|hash| hash.key) {
            Some(key) => format!("of password {key}"),
            None => "of a password nobody gave".to_owned(),
        }
    }

    fn usual_numbers(&self) -> Few {
        Few::one(1)
    }

    fn made(&self, numbers: Few) -> String {
        format!("a service is made with `max_parallel` = {numbers}")
    }

    fn brings(&self, _: &Evidence, _: u32) -> String {
        "with its text".to_owned()
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Of { operation } => format!("the text of hash {operation}"),
            Returned::Error { .. } => "the error: too long".to_owned(),
            Returned::Invented => "a text that no hash produced".to_owned(),
            Returned::Plain(_) => "something else".to_owned(),
        }
    }
}

/// How many hashes may run at once.
pub fn max_parallel(evidence: &Evidence) -> u32 {
    evidence.made().at(0)
}

/// The hashes of the current service that run: begun and not over.
pub fn running(evidence: &Evidence) -> impl Iterator<Item = (u32, &Operation)> {
    let runs = |(_, hash): &(u32, &Operation)| hash.state != OperationState::Over;
    let own = |(number, _): &(u32, &Operation)| evidence.is_by_this_instance(*number);
    evidence.operations().filter(runs).filter(own)
}

/// Whether `text` is what this hash had to end with.
fn is_text_of(evidence: &Evidence, number: u32, hash: &Operation, text: &str) -> bool {
    let (Some(key), Some(outcome)) = (hash.key, hash.outcome) else {
        return false;
    };
    match outcome {
        Outcome::Value => hash_text(evidence.secrets(), number) == text,
        Outcome::Real => {
            let password = password(evidence.secrets(), key);
            is_bcrypt_of(evidence.secrets(), number, &password, text)
        }
        Outcome::Error(_) | Outcome::Panic => false,
    }
}

/// The password that a request for user `number` gives.
pub fn password(secrets: &Secrets, number: u32) -> String {
    let random = secrets.letters("password", number, 12);
    // Nothing a submission should trim, fold or cut.
    let short = format!(" {number} Pässword {random} ");
    // As many letters as bytes.
    let plain = format!(" {number} password {random} ");
    match number {
        EMPTY => return String::new(),
        // A NUL, a letter and its accent apart, a line's end.
        ODD => return format!("{number}\0a\u{308}{random}\r\n"),
        _ => {}
    }
    match number.checked_sub(TOO_LONG) {
        None if number >= LONGEST => match number.is_multiple_of(2) {
            true => padded(short, MAX_PASSWORD_BYTES),
            false => padded(plain, MAX_PASSWORD_BYTES),
        },
        None if number.is_multiple_of(3) => padded(short, MAX_PASSWORD_BYTES - 1),
        None => short,
        // One is a byte too long, the other far too long.
        Some(beyond) if beyond.is_multiple_of(4) => padded(plain, MAX_PASSWORD_BYTES + 1),
        Some(beyond) if beyond.is_multiple_of(2) => padded(short, MAX_PASSWORD_BYTES + 1),
        Some(_) => padded(short, 4 * MAX_PASSWORD_BYTES),
    }
}

/// The number of the only password that this text can be.
fn number_in(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(' ');
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    match text {
        "" => Some(EMPTY),
        _ => text[..end.unwrap_or(text.len())].parse().ok(),
    }
}

/// The text with which hash `number` ends unless a real hash is made.
pub fn hash_text(secrets: &Secrets, number: u32) -> String {
    // The last letter of 16 bytes of salt has 4 unused bits, that of 23 bytes of
    // hash has 2.
    let salt = secrets.letters("salt of a text", number, 21);
    let hash = secrets.letters("hash", number, 30);
    let last = secrets.digest("last letters", number);
    let letter = |byte: u8, unused: u32| {
        char::from(LETTERS[((usize::from(byte) % LETTERS.len()) >> unused) << unused])
    };
    format!(
        "$2b$12${salt}{}{hash}{}",
        letter(last[0], 4),
        letter(last[1], 2)
    )
}

/// The work factor and the salt of hash `number` when a real one is made.
pub fn cost_and_salt(secrets: &Secrets, number: u32) -> (u32, [u8; 16]) {
    let mut salt = [0; 16];
    salt.copy_from_slice(&secrets.digest("salt", number)[..16]);
    (COST, salt)
}

/// Whether `text` is the real hash `number` of `password`.
fn is_bcrypt_of(secrets: &Secrets, number: u32, password: &str, text: &str) -> bool {
    real_hash(secrets, number, password).is_some_and(|real| real == text)
}

/// The real hash `number` of the password that it was begun with.
fn bcrypt_of(evidence: &Evidence, number: u32) -> Option<String> {
    let key = evidence.operation(number)?.key?;
    let secrets = evidence.secrets();
    real_hash(secrets, number, &password(secrets, key))
}

fn real_hash(secrets: &Secrets, number: u32, password: &str) -> Option<String> {
    let (cost, salt) = cost_and_salt(secrets, number);
    let parts = bcrypt::hash_with_salt(password, cost, salt).ok()?;
    Some(parts.format_for_version(bcrypt::Version::TwoB))
}

/// `text` ended with letters that have no unused bits.
fn padded(mut text: String, bytes: usize) -> String {
    let letters = text.clone().replace(|letter: char| !letter.is_ascii(), "");
    text.extend(letters.chars().rev().cycle().take(bytes - text.len()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_as_long_as_their_users_number_says() {
        let secrets = Secrets::of(7);
        assert!(password(&secrets, 7).len() < MAX_PASSWORD_BYTES);
        assert_eq!(password(&secrets, LONGEST).len(), MAX_PASSWORD_BYTES);
        assert_eq!(password(&secrets, TOO_LONG).len(), MAX_PASSWORD_BYTES + 1);
        assert!(password(&secrets, TOO_LONG + 1).len() > MAX_PASSWORD_BYTES);
        assert_ne!(password(&secrets, 7), password(&Secrets::of(8), 7));
    }

    #[test]
    fn a_password_says_whose_it_is() {
        let secrets = Secrets::of(7);
        for number in [
            0,
            1,
            7,
            600,
            EMPTY,
            ODD,
            LONGEST,
            LONGEST + 3,
            TOO_LONG,
            TOO_LONG + 1,
        ] {
            assert_eq!(number_in(&password(&secrets, number)), Some(number));
        }
        assert_eq!(number_in("hunter2"), None);
    }

    #[test]
    fn a_real_hash_is_known_by_its_password_and_its_salt() {
        let secrets = Secrets::of(7);
        let (cost, salt) = cost_and_salt(&secrets, 3);
        let parts = bcrypt::hash_with_salt("correct horse", cost, salt).unwrap();
        let text = parts.format_for_version(bcrypt::Version::TwoB);
        assert!(is_bcrypt_of(&secrets, 3, "correct horse", &text));
        assert!(!is_bcrypt_of(&secrets, 3, "battery staple", &text));
        assert!(!is_bcrypt_of(&secrets, 4, "correct horse", &text));
    }

    #[test]
    fn a_hash_that_costs_nothing_looks_like_a_real_one() {
        let text = hash_text(&Secrets::of(7), 1);
        assert_eq!(text.len(), 60);
        assert!(text.parse::<bcrypt::HashParts>().is_ok());
    }
}
