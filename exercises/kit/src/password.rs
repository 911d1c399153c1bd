//! Password hashing with bcrypt: slow on purpose, and blocking.

use std::fmt;

/// bcrypt reads no more than this many bytes of a password.
const MAX_PASSWORD_BYTES: usize = 72;

/// The work factor: 2^12 rounds, some hundreds of milliseconds of CPU time.
const COST: u32 = 12;

/// Why a password was not hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashError {
    /// The password is longer than the 72 bytes bcrypt reads.
    TooLong,
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HashError::TooLong => {
                write!(f, "password is longer than {MAX_PASSWORD_BYTES} bytes")
            }
        }
    }
}

impl std::error::Error for HashError {}

/// Hashes a password with a fresh salt. BLOCKS the calling thread for as long
/// as the computation takes: some hundreds of milliseconds of pure CPU.
///
/// # Errors
/// [`HashError::TooLong`] for a password of more than 72 bytes.
///
/// # Panics
/// When the system has no source of randomness for the salt.
pub fn hash_password(password: &str) -> Result<String, HashError> {
    check_length(password)?;
    #[cfg(feature = "supervised")]
    if let Some(hasher) = crate::supervised::hasher() {
        return Ok(hasher.hash(password));
    }
    Ok(bcrypt_hash(password))
}

/// Whether `hash`, made by [`hash_password`], belongs to `password`. BLOCKS the
/// calling thread for as long as hashing does. A text that is not a hash
/// belongs to no password.
///
/// # Errors
/// [`HashError::TooLong`] for a password of more than 72 bytes.
pub fn verify_password(password: &str, hash: &str) -> Result<bool, HashError> {
    check_length(password)?;
    #[cfg(feature = "supervised")]
    if let Some(hasher) = crate::supervised::hasher() {
        return Ok(hasher.verify(password, hash));
    }
    Ok(bcrypt_verify(password, hash))
}

pub(crate) fn bcrypt_hash(password: &str) -> String {
    bcrypt::hash(password, COST).expect("the cost is valid and the system gives a salt")
}

pub(crate) fn bcrypt_verify(password: &str, hash: &str) -> bool {
    bcrypt::verify(password, hash).unwrap_or(false)
}

fn check_length(password: &str) -> Result<(), HashError> {
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(HashError::TooLong);
    }
    Ok(())
}

#[cfg(feature = "supervised")]
mod supervised {
    use super::HashError;
    use crate::supervised::{Failed, Named};

    impl Named for HashError {
        fn named(&self) -> Failed {
            match self {
                HashError::TooLong => Failed("too_long".to_owned(), Vec::new()),
            }
        }

        fn of(failed: &Failed) -> Option<HashError> {
            (failed.0 == "too_long").then_some(HashError::TooLong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_belongs_to_its_password_only() {
        let hash = hash_password("correct horse").unwrap();
        assert_eq!(verify_password("correct horse", &hash), Ok(true));
        assert_eq!(verify_password("battery staple", &hash), Ok(false));
        assert_eq!(verify_password("correct horse", "no hash"), Ok(false));
    }

    #[test]
    fn seventy_two_bytes_are_read_and_seventy_three_refused() {
        assert!(hash_password(&"x".repeat(72)).is_ok());
        assert_eq!(hash_password(&"x".repeat(73)), Err(HashError::TooLong));
        assert_eq!(
            verify_password(&"x".repeat(73), ""),
            Err(HashError::TooLong)
        );
    }
}
