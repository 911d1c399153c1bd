//! Secrets that a submission cannot guess: the rows, amounts, passwords and hashes of one run.
//!
//! All of them follow from one number that no worker is told. Each world decides what to
//! make of it. Its main type is [`Secrets`].

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
