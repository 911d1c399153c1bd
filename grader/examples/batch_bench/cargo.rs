//! The other way to grade: `cargo test` on each submission, with one public test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};

use crate::measure::{Cost, Running, children};
use crate::submissions::Variant;

/// One target folder for all, with everything but the submission built. `jobs` run
/// at a time, each in its own crates, into which the submissions are copied.
pub(crate) fn warm(root: &Path, sample: &[Variant], folder: &Path, jobs: usize) -> Result<Cost> {
    let target = folder.join("shared_target");
    for worker in 0..jobs {
        // Built once each, so that nothing is built for the first time below.
        for drill in grader::drills::ALL {
            let one = sample
                .iter()
                .find(|it| it.drill == drill.slug())
                .context("one of each")?;
            test(root, &folder.join(format!("warm{worker}")), one, &target)?;
        }
    }
    let next = AtomicUsize::new(0);
    let error = Mutex::new(None);
    let before = children()?;
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for worker in 0..jobs {
            let place = folder.join(format!("warm{worker}"));
            let (next, error, target) = (&next, &error, &target);
            scope.spawn(move || {
                while let Some(one) = sample.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let again = Variant {
                        text: format!("{}\n// once more\n", one.text),
                        ..one.clone()
                    };
                    if let (Err(why), Ok(mut error)) =
                        (test(root, &place, &again, target), error.lock())
                    {
                        error.get_or_insert(why);
                    }
                }
            });
        }
    });
    match error
        .into_inner()
        .map_err(|_| anyhow!("a worker panicked"))?
    {
        Some(why) => Err(why),
        None => Ok(Cost {
            number: sample.len(),
            wall: begun.elapsed().as_secs_f64(),
            cpu: children()? - before,
        }),
    }
}

/// A new target folder each, one at a time: cargo uses every processor.
pub(crate) fn cold(root: &Path, sample: &[Variant], folder: &Path) -> Result<Cost> {
    let before = children()?;
    let begun = Instant::now();
    for (at, one) in sample.iter().enumerate() {
        let place = folder.join(format!("cold{at}"));
        test(root, &place, one, &place.join("target"))?;
    }
    Ok(Cost {
        number: sample.len(),
        wall: begun.elapsed().as_secs_f64(),
        cpu: children()? - before,
    })
}

fn test(root: &Path, place: &Path, one: &Variant, target: &Path) -> Result<()> {
    let package = package(root, &place.join(&one.drill), &one.drill)?;
    fs::write(package.join("src/lib.rs"), &one.text)?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["test", "--quiet", "--test", "public"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", target);
    let status = Running::start(command.stdout(Stdio::null()))?.wait()?;
    ensure!(
        status.success(),
        "`cargo test` of a right solution for {} failed; its output is above",
        one.drill
    );
    Ok(())
}

/// A crate like the learner's, with the first of the public tests.
fn package(root: &Path, dir: &Path, drill: &str) -> Result<PathBuf> {
    let manifest = format!(
        "[package]\nname = \"{drill}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nkit = {{ path = {:?} }}\nfutures = \"0.3\"\nrayon = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"full\", \"test-util\"] }}\n",
        root.join("exercises/kit")
    );
    fs::create_dir_all(dir.join("src"))?;
    fs::create_dir_all(dir.join("tests"))?;
    if !dir.join("Cargo.toml").exists() {
        fs::write(dir.join("Cargo.toml"), manifest)?;
        fs::copy(root.join("exercises/Cargo.lock"), dir.join("Cargo.lock"))?;
        let public = root.join("exercises").join(drill).join("tests/public.rs");
        let public = fs::read_to_string(public)?;
        let mut tests = public.match_indices("\n#[tokio::test").skip(1);
        let second = tests.next().map_or(public.len(), |(at, _)| at);
        fs::write(dir.join("tests/public.rs"), &public[..second])?;
    }
    Ok(dir.to_owned())
}
