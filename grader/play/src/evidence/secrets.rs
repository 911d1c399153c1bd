//! What a submission cannot guess: the rows, passwords and hashes of one run.
//!
//! All of them follow from one number that no worker is told. Its main type is
//! [`Secrets`].

use sha2::{Digest, Sha256};

/// A request for a user with this number or a higher one gives a password that is
/// too long.
pub const TOO_LONG: u32 = 10_000;

/// The user whose password is empty.
pub const EMPTY: u32 = 4_001;

/// The user whose password holds what a careless hand would change.
pub const ODD: u32 = 4_002;

/// From here on, up to [`TOO_LONG`], passwords are as long as they may be.
pub const LONGEST: u32 = 5_000;

/// bcrypt reads no more than this many bytes of a password.
const MAX_PASSWORD_BYTES: usize = 72;

/// The work factor of real hashes: the least bcrypt knows, since every one is
/// made twice.
const COST: u32 = 4;

/// The letters of bcrypt's base 64.
const LETTERS: &[u8] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What the grader alone knows of one run.
#[derive(Clone, Debug)]
pub struct Secrets {
    secret: u64,
}

impl Secrets {
    pub(super) fn new(secret: u64) -> Secrets {
        Secrets { secret }
    }

    /// The name of the row that answers fetch `number`.
    pub fn row_name(&self, number: u32) -> String {
        let hash = self.digest("", number);
        let hex = hash.iter().take(8).map(|byte| format!("{byte:02X}"));
        // Nothing a submission should trim, fold or cut.
        format!(" Zoë {} ", hex.collect::<String>())
    }

    /// The password that a request for user `number` gives.
    pub fn password(&self, number: u32) -> String {
        let random = self.letters("password", number, 12);
        // Nothing a submission should trim, fold or cut.
        let short = format!(" {number} Pässword {random} ");
        match number {
            EMPTY => return String::new(),
            // A NUL, a letter and its accent apart, a line's end.
            ODD => return format!("{number}\0a\u{308}{random}\r\n"),
            _ => {}
        }
        match number.checked_sub(TOO_LONG) {
            None if number >= LONGEST => padded(short, MAX_PASSWORD_BYTES),
            None if number.is_multiple_of(3) => padded(short, MAX_PASSWORD_BYTES - 1),
            None => short,
            // One byte too long, and far too long.
            Some(beyond) if beyond.is_multiple_of(2) => padded(short, MAX_PASSWORD_BYTES + 1),
            Some(_) => padded(short, 4 * MAX_PASSWORD_BYTES),
        }
    }

    /// What hash `number` ends with when no real one is made.
    pub fn hash_text(&self, number: u32) -> String {
        // 16 bytes of salt end in a letter of which 4 bits are unused, 23 bytes of hash
        // in one of which 2 are.
        let salt = self.letters("salt of a text", number, 21);
        let hash = self.letters("hash", number, 30);
        let last = self.digest("last letters", number);
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
    pub fn cost_and_salt(&self, number: u32) -> (u32, [u8; 16]) {
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.digest("salt", number)[..16]);
        (COST, salt)
    }

    /// Whether `text` is the real hash `number` of `password`.
    pub(super) fn is_bcrypt_of(&self, number: u32, password: &str, text: &str) -> bool {
        let (cost, salt) = self.cost_and_salt(number);
        bcrypt::hash_with_salt(password, cost, salt)
            .is_ok_and(|parts| parts.format_for_version(bcrypt::Version::TwoB) == text)
    }

    fn digest(&self, purpose: &str, number: u32) -> [u8; 32] {
        let text = format!("{} {purpose}{number}", self.secret);
        Sha256::digest(text.as_bytes()).into()
    }

    fn letters(&self, purpose: &str, number: u32, count: usize) -> String {
        let mut rounds =
            (0..).flat_map(|round| self.digest(&format!("{purpose} {round} "), number));
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte) % LETTERS.len()]);
        rounds.by_ref().take(count).map(letter).collect()
    }
}

/// `text` with letters at its end that all matter.
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
        let secrets = Secrets::new(7);
        assert!(secrets.password(7).len() < MAX_PASSWORD_BYTES);
        assert_eq!(secrets.password(LONGEST).len(), MAX_PASSWORD_BYTES);
        assert_eq!(secrets.password(TOO_LONG).len(), MAX_PASSWORD_BYTES + 1);
        assert!(secrets.password(TOO_LONG + 1).len() > MAX_PASSWORD_BYTES);
        assert_ne!(secrets.password(7), Secrets::new(8).password(7));
    }

    #[test]
    fn a_real_hash_is_known_by_its_password_and_its_salt() {
        let secrets = Secrets::new(7);
        let (cost, salt) = secrets.cost_and_salt(3);
        let parts = bcrypt::hash_with_salt("correct horse", cost, salt).unwrap();
        let text = parts.format_for_version(bcrypt::Version::TwoB);
        assert!(secrets.is_bcrypt_of(3, "correct horse", &text));
        assert!(!secrets.is_bcrypt_of(3, "battery staple", &text));
        assert!(!secrets.is_bcrypt_of(4, "correct horse", &text));
    }

    #[test]
    fn a_hash_that_costs_nothing_looks_like_a_real_one() {
        let text = Secrets::new(7).hash_text(1);
        assert_eq!(text.len(), 60);
        assert!(text.parse::<bcrypt::HashParts>().is_ok());
    }
}
