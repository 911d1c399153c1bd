//! Prints what a warm grading of each drill's reference plays and takes: schedules, branches
//! left out, checks, and the milliseconds of all hidden tests, as the median of a few rounds.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use grader::drills;

const ROUNDS: usize = 3;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    say("drill            schedules  left out  checks  all hidden tests, median of 3");
    for slug in drills::slugs() {
        let mut took = Vec::new();
        let mut last = serde_json::Value::Null;
        // The first round builds what is kept.
        for _ in 0..=ROUNDS {
            last = graded(&root, slug)?;
            took.push(number(&last["metrics"], "run_ms")?);
        }
        let took = &mut took[1..];
        took.sort_unstable();
        let metrics = &last["metrics"];
        let checks = last["checks"].as_array().context("no checks")?;
        let held = checks.iter().filter(|check| check["status"] == "passed");
        say(&format!(
            "{slug:15}  {:>9}  {:>8}  {:>2}/{:<3}  {:>5} ms",
            number(metrics, "schedules")?,
            number(metrics, "unexplored")?,
            held.count(),
            checks.len(),
            took[took.len() / 2],
        ));
    }
    Ok(())
}

/// The verdict on the reference of a drill.
fn graded(root: &Path, slug: &str) -> Result<serde_json::Value> {
    // The program, built beside this one: an example lies in target/PROFILE/examples.
    let me = std::env::current_exe()?;
    let folder = me.parent().and_then(Path::parent);
    let output = Command::new(folder.context("no such folder")?.join("grader"))
        .args(["grade", slug])
        .arg(root.join("solutions").join(slug).join("src/lib.rs"))
        .args(["--format", "json", "--seed", "7"])
        .current_dir(root)
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut verdicts: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout)?;
    verdicts.pop().context("one path, one verdict")
}

fn number(metrics: &serde_json::Value, name: &str) -> Result<u64> {
    metrics[name]
        .as_u64()
        .with_context(|| format!("no metric {name}"))
}

#[expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]
fn say(line: &str) {
    println!("{line}");
}
