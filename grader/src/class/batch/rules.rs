//! What a verdict depends on besides the code: the seed of its grading, and the
//! rules that apply.

#[cfg(test)]
mod marks;

use sha2::{Digest, Sha256};

use crate::course::language::Language;
use crate::course::{Course, CourseError};
use crate::drills::Drill;

/// Seeds are below this limit: short enough to copy, too many for a submission
/// to try while it runs.
pub const SEEDS: u64 = 1 << 40;

/// The seed of one submission. It is the same for the same code, no matter which
/// student handed it in or who else is graded.
pub fn seed_of(batch: u64, drill: &str, sha256: &str) -> u64 {
    let digest = digest(&[&batch.to_le_bytes(), drill.as_bytes(), sha256.as_bytes()]);
    let first: [u8; 8] = std::array::from_fn(|at| digest[at]);
    u64::from_le_bytes(first) % SEEDS
}

/// The marks that the build script made, one for each drill and language:
/// `SLUG=MARK SLUG/node=MARK`.
const MARKS: &str = env!("GRADER_RULES");

/// The mark of the sources that decide a verdict on this drill, `SLUG` or `SLUG/LANGUAGE`. A
/// drill that the build script did not know depends on all of them.
fn mark_of(drill: &str) -> &'static str {
    let mut marks = MARKS.split(' ').filter_map(|mark| mark.split_once('='));
    marks
        .find(|(slug, _)| *slug == drill)
        .map_or(MARKS, |(_, mark)| mark)
}

/// A mark of everything that decides a verdict on a drill in a language: its own hidden
/// tests, its world, the common parts of the grader, the language's worker and kit, the
/// compiler's version, and what `exercise.toml` allows. The titles and hints there are not
/// part of it.
///
/// # Errors
/// When the drill's `exercise.toml` cannot be read.
pub fn rules_of(
    course: &Course,
    drill: &dyn Drill,
    language: Language,
) -> Result<String, CourseError> {
    let exercise = course.exercise(drill.slug())?;
    let limits = format!("{:?} {:?}", exercise.limits, exercise.crates);
    let compiler = match language {
        Language::Rust => std::fs::read(course.root().join("rust-toolchain.toml")),
        // Which interpreter runs it is told apart by who knows it.
        Language::Python | Language::Node => Ok(Vec::new()),
    };
    let digest = digest(&[
        env!("CARGO_PKG_VERSION").as_bytes(),
        mark_of(&language.of_drill(drill.slug())).as_bytes(),
        drill.slug().as_bytes(),
        limits.as_bytes(),
        &compiler.unwrap_or_default(),
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
    fn every_drill_has_a_mark_of_its_own_in_each_language() {
        let marks: Vec<&str> = crate::drills::ALL
            .iter()
            .flat_map(|drill| Language::ALL.map(|language| language.of_drill(drill.slug())))
            .map(|name| mark_of(&name))
            .collect();
        assert!(marks.iter().all(|mark| mark.len() == 16), "{MARKS}");
        let different: std::collections::BTreeSet<_> = marks.iter().collect();
        assert_eq!(different.len(), marks.len(), "{MARKS}");
    }

    #[test]
    fn the_seed_is_the_one_written_down() {
        // A change here grades every class again; make it only on purpose.
        assert_eq!(seed_of(7, "offload", "aa"), 344_771_005_488);
    }
}
