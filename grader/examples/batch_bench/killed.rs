//! Two batches of the same class at once, each into its own folder. One is killed with
//! SIGKILL and started again; then the two must agree.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use grader::class::batch::Record;

use crate::measure::{Running, say};

/// A record, and when it was written.
type Kept = BTreeMap<String, (Record, SystemTime)>;

/// Runs both batches and reports the outcome. `command` grades `number` submissions
/// into the folder it is given.
pub(crate) fn run(
    folder: &Path,
    number: usize,
    command: impl Fn(&Path) -> Command,
) -> Result<String> {
    let (one, other) = (folder.join("killed_one"), folder.join("killed_other"));
    let mut killed = Running::start(command(&one).stdout(Stdio::null()))?;
    let whole = Running::start(command(&other).stdout(Stdio::null()).stderr(Stdio::null()))?;
    while kept(&one)?.len() < number / 3 {
        ensure!(killed.ended()?.is_none(), "it ended before it was killed");
        std::thread::sleep(Duration::from_millis(5));
    }
    // Only the grader is killed; the processes that it started have to end with it.
    killed.0.kill()?;
    killed.wait()?;
    let before = kept(&one)?;

    let again = Running::start(command(&one).stdout(Stdio::null()))?;
    for (name, running) in [("the one that was killed", again), ("the other", whole)] {
        let code = running.wait()?.code();
        ensure!(matches!(code, Some(0 | 1)), "{name} ended with {code:?}");
    }
    let (one, other) = (kept(&one)?, kept(&other)?);
    let lost = number - one.len().min(number);
    let twice = before
        .iter()
        .filter(|(name, (_, written))| one.get(*name).is_none_or(|(_, now)| now != written));
    let differ = one.iter().filter(|(name, (record, _))| {
        let said = |record: &Record| record.outcome();
        other
            .get(*name)
            .is_none_or(|(theirs, _)| !said(theirs).says_the_same(&said(record)))
    });
    let differ: Vec<&str> = differ.map(|(name, _)| name.as_str()).collect();
    for name in &differ {
        for (folder, all) in [("the killed", &one), ("the other", &other)] {
            let said = all.get(*name).map(|(record, _)| record.outcome());
            say(&format!("{name} in {folder}: {said:?}"));
        }
    }
    Ok(format!(
        "killed after {} of {number}; {lost} lost, {} graded twice, {} judged differently (0 each)",
        before.len(),
        twice.count(),
        differ.len(),
    ))
}

/// The records in a results folder. A record that is not whole is an error.
fn kept(out: &Path) -> Result<Kept> {
    let mut all = Kept::new();
    for drill in fs::read_dir(out.join("records")).into_iter().flatten() {
        for file in fs::read_dir(drill?.path())? {
            let path = file?.path();
            let record = serde_json::from_slice(&fs::read(&path)?)
                .with_context(|| format!("`{}` is not whole", path.display()))?;
            let written = path.metadata()?.modified()?;
            all.insert(
                path.strip_prefix(out)?.display().to_string(),
                (record, written),
            );
        }
    }
    Ok(all)
}
