//! Prints what the sandbox costs a warm grading, with and without it in turns within
//! one run, and grades good and hostile submissions side by side.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use grader::course::Course;
use grader::drills::{self, Drill};
use grader::drive::sandbox::{Sandbox, Tier};
use grader::grade::grading::Grader;

const ROUNDS: usize = 15;
const SIDE_BY_SIDE: usize = 50;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let course = Course::find(Some(&root), &root)?;
    let drill = drills::find("inflight_fix").context("no such drill")?;
    let with = Grader::new(course.clone())?;
    ensure!(
        with.sandbox().tier() == Tier::Full,
        "see `cargo grader doctor`"
    );
    let without = Grader::new(course.clone())?.within(Sandbox::none());
    let reference = course.solution_dir(drill.slug()).join("src/lib.rs");

    let mut times = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for (grader, times) in [&with, &without].into_iter().zip(&mut times) {
            let begun = Instant::now();
            let verdict = grader.grade(drill, &reference, 7)?;
            ensure!(verdict.passed(), "the reference does not pass");
            // The first round warms the caches.
            if round > 0 {
                times.push(begun.elapsed());
            }
        }
    }
    let [with_it, without_it] = times.map(|mut times| {
        times.sort();
        // The least time is that of a machine with nothing else to do.
        [times[0], times[times.len() / 2]]
    });
    for (which, with_it, without_it) in [
        ("least ", with_it[0], without_it[0]),
        ("median", with_it[1], without_it[1]),
    ] {
        let (with_it, without_it) = (with_it.as_secs_f64() * 1e3, without_it.as_secs_f64() * 1e3);
        println!(
            "one grading, {which}: {with_it:.0} ms with the sandbox, {without_it:.0} ms without: {:+.1} ms, ratio {:.2}",
            with_it - without_it,
            with_it / without_it
        );
    }
    side_by_side(&with, drill, &reference, &root)
}

/// Good and hostile submissions in turns, as many at once as there are processors
/// and two more.
fn side_by_side(grader: &Grader, drill: &dyn Drill, good: &Path, root: &Path) -> Result<()> {
    let hostile = [
        "spinning_threads",
        "eats_memory",
        "floods_its_output",
        "endless_loop",
        "abort",
        "leaves_a_child_of_its_own_group",
    ];
    let fixtures = root.join("grader/tests/fixtures/misbehaviour");
    let hostile = |number: usize| {
        fixtures
            .join(hostile[number % hostile.len()])
            .with_extension("rs")
    };
    let jobs: Vec<(bool, PathBuf)> = (0..SIDE_BY_SIDE)
        .flat_map(|number| [(true, good.to_owned()), (false, hostile(number))])
        .collect();
    let next = AtomicUsize::new(0);
    let passed = Mutex::new([0, 0]);
    let begun = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let at_once = std::thread::available_parallelism()?.get() + 2;
        let grade = || -> Result<()> {
            while let Some((is_good, path)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let verdict = grader.grade(drill, path, 7)?;
                if let (true, Ok(mut passed)) = (verdict.passed(), passed.lock()) {
                    passed[usize::from(!is_good)] += 1;
                }
            }
            Ok(())
        };
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(grade)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    let [good, bad] = passed.into_inner()?;
    println!(
        "side by side in {:.0?}: {good} of {SIDE_BY_SIDE} good ones pass, {bad} of {SIDE_BY_SIDE} hostile ones",
        begun.elapsed()
    );
    ensure!(
        good == SIDE_BY_SIDE && bad == 0,
        "a submission was judged wrongly"
    );
    Ok(())
}
