//! Prints what a warm grading of the `inflight_fix` reference costs, beside what
//! cargo takes for an equivalent crate with one public test. Everything is measured
//! in turns within one run, so that the ratios hold on a noisy machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

const ROUNDS: usize = 11;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let grader = grader_program()?;
    let reference = root.join("solutions/inflight_fix/src/lib.rs");
    let folder = tempfile::tempdir()?;
    let rival = rival(&root, &reference, folder.path())?;

    let mut cargo = Vec::new();
    let mut compile = Vec::new();
    let mut run = Vec::new();
    let mut rest = Vec::new();
    let mut schedules = (0, 0);
    for round in 0..=ROUNDS {
        let rival_took = cargo_test(&rival, round)?;
        let begun = Instant::now();
        let output = Command::new(&grader)
            .args(["grade", "inflight_fix", "--format", "json"])
            .arg(&reference)
            .current_dir(&root)
            .output()?;
        let whole = begun.elapsed();
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let verdicts: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let metrics = &verdicts[0]["metrics"];
        let number = |name: &str| {
            metrics[name]
                .as_u64()
                .with_context(|| format!("no metric {name}"))
        };
        schedules = (number("schedules")?, number("unexplored")?);
        if round == 0 {
            // The first round builds what is kept.
            continue;
        }
        let millis = |name: &str| number(name).map(Duration::from_millis);
        cargo.push(rival_took);
        compile.push(millis("compile_ms")?);
        run.push(millis("run_ms")?);
        rest.push(whole.saturating_sub(millis("compile_ms")? + millis("run_ms")?));
    }
    print(&[
        (
            "cargo test --no-run after an edit",
            median(&mut cargo),
            None,
        ),
        (
            "grading: compile",
            median(&mut compile),
            Some("at most 0.70 of the first line"),
        ),
        (
            "grading: all hidden tests",
            median(&mut run),
            Some("at most 250 ms"),
        ),
        (
            "grading: everything else",
            median(&mut rest),
            Some("at most 30 ms"),
        ),
    ]);
    say(&format!(
        "schedules played: {}, left out: {} (at least 500, 0)",
        schedules.0, schedules.1
    ));
    Ok(())
}

/// The program, built beside this one.
fn grader_program() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let dir = me
        .parent()
        .and_then(Path::parent)
        .context("an example lies in target/PROFILE/examples")?;
    Ok(dir.join("grader"))
}

/// A crate like the learner's: the reference, the kit, one public test.
fn rival(root: &Path, reference: &Path, dir: &Path) -> Result<PathBuf> {
    fs::create_dir_all(dir.join("src"))?;
    fs::create_dir_all(dir.join("tests"))?;
    let manifest = format!(
        "[package]\nname = \"inflight_fix\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nkit = {{ path = {:?} }}\nfutures = \"0.3\"\n\
         tokio = {{ version = \"1\", features = [\"full\", \"test-util\"] }}\n",
        root.join("exercises/kit")
    );
    fs::write(dir.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("exercises/Cargo.lock"), dir.join("Cargo.lock"))?;
    fs::copy(reference, dir.join("src/lib.rs"))?;
    let public = fs::read_to_string(root.join("exercises/inflight_fix/tests/public.rs"))?;
    let one_test = public
        .rsplit_once("\n#[tokio::test")
        .context("the public tests hold a test")?
        .0;
    fs::write(dir.join("tests/public.rs"), one_test)?;
    cargo_test(dir, usize::MAX)?;
    Ok(dir.to_owned())
}

fn cargo_test(dir: &Path, round: usize) -> Result<Duration> {
    let file = dir.join("src/lib.rs");
    let mut text = fs::read_to_string(&file)?;
    text.push_str(&format!("// edit {round}\n"));
    fs::write(&file, text)?;
    let begun = Instant::now();
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--no-run", "--quiet"])
        .current_dir(dir)
        .env("CARGO_TARGET_DIR", dir.join("target"))
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(begun.elapsed())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn print(lines: &[(&str, Duration, Option<&str>)]) {
    let first = lines[0].1;
    say(&format!("medians of {ROUNDS} rounds, taken in turns"));
    for (name, time, aim) in lines {
        let ratio = time.as_secs_f64() / first.as_secs_f64();
        let aim = aim.map(|aim| format!("  ({aim})")).unwrap_or_default();
        say(&format!(
            "{name:36} {:>5} ms  {ratio:>5.2}{aim}",
            time.as_millis()
        ));
    }
}

#[expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]
fn say(line: &str) {
    println!("{line}");
}
