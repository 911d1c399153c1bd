//! What a verdict depends on besides the code that was handed in: the seed it is
//! graded with, and the rules it is held to.

use sha2::{Digest, Sha256};

use crate::course::{Course, CourseError};
use crate::drills::Drill;

/// Seeds are below this: short enough to copy, too many to try them all while a
/// submission runs.
pub const SEEDS: u64 = 1 << 40;

/// The seed of one submission. It is the same for the same code, whoever handed it
/// in and whoever else is graded.
pub fn seed_of(batch: u64, drill: &str, sha256: &str) -> u64 {
    let digest = digest(&[&batch.to_le_bytes(), drill.as_bytes(), sha256.as_bytes()]);
    let first: [u8; 8] = std::array::from_fn(|at| digest[at]);
    u64::from_le_bytes(first) % SEEDS
}

/// A mark of all that decides a verdict on a drill: the sources of grader, worker and
/// kit, the compiler's version, and what `exercise.toml` allows. Titles and hints are
/// no part of it.
///
/// # Errors
/// When the drill's `exercise.toml` cannot be read.
pub fn rules_of(course: &Course, drill: &dyn Drill) -> Result<String, CourseError> {
    let exercise = course.exercise(drill.slug())?;
    let limits = format!("{:?} {:?}", exercise.limits, exercise.crates);
    let compiler = std::fs::read(course.root().join("rust-toolchain.toml")).unwrap_or_default();
    let digest = digest(&[
        env!("CARGO_PKG_VERSION").as_bytes(),
        env!("GRADER_RULES").as_bytes(),
        drill.slug().as_bytes(),
        limits.as_bytes(),
        &compiler,
    ]);
    Ok(digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Lengths go in before the parts, so that no two lists of parts are alike.
fn digest(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_depends_on_the_batch_the_drill_and_the_code() {
        let seed = seed_of(7, "offload", "aa");
        assert_eq!(seed, seed_of(7, "offload", "aa"));
        for other in [
            seed_of(8, "offload", "aa"),
            seed_of(7, "cache_race", "aa"),
            seed_of(7, "offload", "ab"),
            seed_of(7, "offloada", "a"),
        ] {
            assert_ne!(seed, other);
            assert!(other < SEEDS);
        }
    }

    #[test]
    fn the_seed_is_the_one_written_down() {
        // A change here grades every class anew: know that you do it.
        assert_eq!(seed_of(7, "offload", "aa"), 344_771_005_488);
    }
}
