//! Secrets that a submission cannot guess: the rows, amounts, passwords and hashes of one run.
//!
//! All of them follow from one number that no worker is told. Each world decides what to
//! make of it. Its main type is [`Secrets`].

use std::cell::RefCell;

use sha2::{Digest, Sha256};

/// The letters of bcrypt's base 64.
pub const LETTERS: &[u8] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The secrets of one run, which only the grader knows.
#[derive(Clone, Debug)]
pub struct Secrets {
    secret: u64,
}

impl Secrets {
    /// The secrets that follow from this number.
    pub fn of(secret: u64) -> Secrets {
        Secrets { secret }
    }

    /// 32 bytes for this purpose and number.
    pub fn digest(&self, purpose: &str, number: u32) -> [u8; 32] {
        let text = format!("{} {purpose}{number}", self.secret);
        Sha256::digest(text.as_bytes()).into()
    }

    /// A number below `limit`, for this purpose and number.
    pub fn number(&self, purpose: &str, number: u32, limit: u64) -> u64 {
        let digest = self.digest(purpose, number);
        let first = digest.iter().take(8);
        first.fold(0, |sum, byte| sum << 8 | u64::from(*byte)) % limit.max(1)
    }

    /// `length` letters, for this purpose and number.
    pub fn letters(&self, purpose: &str, number: u32, count: usize) -> String {
        let mut rounds =
            (0..).flat_map(|round| self.digest(&format!("{purpose} {round} "), number));
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte) % LETTERS.len()]);
        rounds.by_ref().take(count).map(letter).collect()
    }
}

/// Numbers beyond this one are computed each time they are asked for.
const REMEMBERED: usize = 1024;

/// What follows from some secrets and a number: remembered, since rules ask for it again and
/// again. Only of the secrets that were asked about last.
#[derive(Debug)]
pub struct Remembered {
    of: RefCell<(u64, Vec<Option<i64>>)>,
}

impl Remembered {
    /// Nothing yet.
    pub const fn nothing() -> Remembered {
        let of = RefCell::new((0, Vec::new()));
        Remembered { of }
    }

    /// What follows from `secrets` and `number` by `compute`, which must always be the same.
    pub fn get(&self, secrets: &Secrets, number: u32, compute: impl FnOnce() -> i64) -> i64 {
        let place = number as usize;
        if place >= REMEMBERED {
            return compute();
        }
        let mut of = self.of.borrow_mut();
        if of.0 != secrets.secret {
            *of = (secrets.secret, Vec::new());
        }
        if of.1.len() <= place {
            of.1.resize(place + 1, None);
        }
        *of.1[place].get_or_insert_with(compute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_belongs_to_its_secrets_and_number() {
        let remembered = Remembered::nothing();
        let [one, other] = [1, 2].map(Secrets::of);
        assert_eq!(remembered.get(&one, 3, || 30), 30);
        assert_eq!(remembered.get(&one, 3, || unreachable!()), 30);
        assert_eq!(remembered.get(&one, 2, || 20), 20);
        assert_eq!(remembered.get(&other, 3, || 31), 31);
        assert_eq!(remembered.get(&one, 3, || 30), 30);
        let far = REMEMBERED as u32;
        assert_eq!(remembered.get(&one, far, || 40), 40);
        assert_eq!(remembered.get(&one, far, || 41), 41, "not kept");
    }
}
