//! Verdicts on the repository's own files, each graded once however many tests ask.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use grader::drills;
use grader::grade::grading::Grader;
use grader::grade::verdict::Verdict;

use crate::courses::{real, root};

/// The grader of this process.
pub(crate) static GRADER: LazyLock<Grader> =
    LazyLock::new(|| Grader::new(real()).expect("the course's crates can be built"));

/// The seed of every grading here.
pub(crate) const SEED: u64 = 7;

type Given = Arc<OnceLock<Arc<Verdict>>>;

/// The verdict on a file of the repository, named from its root.
pub(crate) fn verdict(drill: &str, path: &str) -> Arc<Verdict> {
    static GIVEN: LazyLock<Mutex<HashMap<PathBuf, Given>>> = LazyLock::new(Mutex::default);
    let path = root().join(path);
    let given = {
        let mut all = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(path.clone()).or_default())
    };
    Arc::clone(given.get_or_init(|| Arc::new(grade(drill, &path))))
}

/// The verdict on any file.
pub(crate) fn grade(drill: &str, path: &Path) -> Verdict {
    until_one_fails(drill, path, &[])
}

/// The ids of the checks without which nothing passes.
pub(crate) fn required(drill: &str) -> Vec<&'static str> {
    let drill = drills::find(drill).expect("it can be graded");
    let required = drill.checks().iter().filter(|check| check.required);
    required.map(|check| check.id).collect()
}

/// The verdict on a file that must not pass: once one of these checks has failed, the others
/// are not judged.
pub(crate) fn until_one_fails(drill: &str, path: &Path, checks: &[&'static str]) -> Verdict {
    let drill = drills::find(drill).expect("it can be graded");
    GRADER
        .until_one_fails(checks)
        .grade(drill, path, SEED)
        .expect("the machine is able")
}

/// The parts that are the same on every machine: the path from the root, no times,
/// no version, a full sandbox.
pub(crate) fn steady(verdict: &Verdict) -> Verdict {
    let mut verdict = verdict.clone();
    let root = format!("{}/", root().display());
    for text in [&mut verdict.submission, &mut verdict.diagnostics] {
        *text = text.replace(&root, "");
    }
    for check in &mut verdict.checks {
        check.message = without_bytes(&check.message);
    }
    verdict.sandbox = grader::drive::sandbox::Tier::Full;
    verdict.metrics.compile_ms = 0;
    verdict.metrics.run_ms = 0;
    "[sha256]".clone_into(&mut verdict.sha256);
    "[version]".clone_into(&mut verdict.grader);
    verdict
}

/// The bytes left behind depend on the allocator and the standard library.
pub(crate) fn without_bytes(message: &str) -> String {
    match message.split_once(" left ") {
        Some((who, what)) if what.contains(" bytes behind for each") => {
            format!("{who} left [bytes] behind")
        }
        _ => message.to_owned(),
    }
}
