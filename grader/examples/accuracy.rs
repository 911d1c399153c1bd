//! How often the verdict on the same submission differs, on an idle machine and
//! beside busy neighbours. Not part of `./test`; see `--help`.
//!
//! Every right and wrong solution of a drill, in each language, is compiled once and graded
//! many times, each time with another seed. Prints one Markdown table.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a table for people, and its progress"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Parser;
use grader::build::submission::Submission;
use grader::course::Course;
use grader::course::language::Language;
use grader::drills::{self, Drill};
use grader::exam::Exam;
use grader::grade::grading::Grader;
use play::check::CheckStatus;

/// A loop counts as blocked after a stall of this many milliseconds or more.
const LINE_MS: f64 = 10.0;

/// Grades every solution again and again, beside busy processes.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  cargo run --profile grader -p grader --example accuracy -- --runs 300 --drills offload
  cargo run --profile grader -p grader --example accuracy -- --runs 20 --neighbours 8 --only thread_join
  cargo run --profile grader -p grader --example accuracy -- --only reference")]
struct Options {
    /// Only these drills
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    drills: Vec<String>,

    /// Gradings of each solution beside each number of neighbours
    #[arg(long, value_name = "N", default_value_t = 300)]
    runs: u32,

    /// Of these, how many also take a picture of the loop, where there are threads
    #[arg(long, value_name = "N", default_value_t = 5)]
    pictures: u32,

    /// Numbers of busy neighbour processes
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_values_t = [0, 2, 4, 8])]
    neighbours: Vec<usize>,

    /// Only solutions whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,

    /// Be one of the neighbours
    #[arg(long, hide = true)]
    be_busy: bool,
}

/// One solution and its expected result.
struct Case {
    drill: &'static dyn Drill,
    language: Language,
    name: String,
    path: PathBuf,
    /// The check that must catch it; `None` for a right one.
    caught_by: Option<String>,
}

/// The results of one solution beside some number of neighbours.
#[derive(Default)]
struct Tally {
    runs: u32,
    /// It passed although it is wrong, or failed although it is right.
    flipped: u32,
    /// The time limit came before everything was seen, with nothing found wrong: no
    /// verdict on its behaviour.
    out_of_time: u32,
    /// The messages about gradings with a wrong result.
    said: Vec<String>,
    /// It failed, but not at the check that it names.
    other_check: u32,
    pictures: u32,
    /// Pictures with a stall over the line.
    blocked: u32,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if options.be_busy {
        busy();
    }
    let here = std::env::current_dir()?;
    let course = Course::find(None, &here)?;
    let mut cases = Vec::new();
    for drill in drills::ALL {
        if options.drills.is_empty() || options.drills.iter().any(|it| it == drill.slug()) {
            cases.extend(cases_of(&course, *drill, &options.only)?);
        }
    }
    if let Some(unknown) = options.drills.iter().find(|it| drills::find(it).is_none()) {
        bail!("the course has no drill `{unknown}`");
    }
    if cases.is_empty() {
        bail!("no solution's name contains `{}`", options.only);
    }
    let grader = Grader::new(course)?;
    println!(
        "{} solutions, {} gradings each; load average before: {}",
        cases.len(),
        options.runs,
        load()
    );
    println!(
        "\n| drill | neighbours | solutions | gradings | verdicts flipped | out of time | caught by another check | pictures | of right ones, blocked | of loop-stopping ones, not blocked | wall |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut flips = Vec::new();
    for neighbours in &options.neighbours {
        let _neighbours = Neighbours::start(*neighbours)?;
        for of_drill in cases.chunk_by(|one, other| one.drill.slug() == other.drill.slug()) {
            let began = Instant::now();
            let mut tallies = Vec::new();
            for (done, case) in of_drill.iter().enumerate() {
                eprintln!(
                    "beside {neighbours}: {done} of {} after {} s; now {}",
                    of_drill.len(),
                    began.elapsed().as_secs(),
                    case.name
                );
                let tally = measure(&grader, case, &options)?;
                for said in &tally.said {
                    flips.push(format!("{} beside {neighbours}: {said}", case.name));
                }
                tallies.push((case, tally));
            }
            row(*neighbours, &tallies, began);
        }
    }
    println!("\nload average after: {}", load());
    for flip in flips {
        println!("{flip}");
    }
    Ok(())
}

fn row(neighbours: usize, tallies: &[(&Case, Tally)], began: Instant) {
    let sum = |of: fn(&Tally) -> u32| tallies.iter().map(|(_, tally)| of(tally)).sum::<u32>();
    let drill = tallies.first().map_or("", |(case, _)| case.drill.slug());
    let among = |stops: bool, of: fn(&Tally) -> u32| {
        let wanted = tallies
            .iter()
            .filter(|(case, _)| case.stops_the_loop() == Some(stops));
        wanted.map(|(_, tally)| of(tally)).sum::<u32>()
    };
    println!(
        "| {drill} | {neighbours} | {} | {} | {} | {} | {} | {} | {} of {} | {} of {} | {} s |",
        tallies.len(),
        sum(|it| it.runs),
        sum(|it| it.flipped),
        sum(|it| it.out_of_time),
        sum(|it| it.other_check),
        sum(|it| it.pictures),
        among(false, |it| it.blocked),
        among(false, |it| it.pictures),
        among(true, |it| it.pictures - it.blocked),
        among(true, |it| it.pictures),
        began.elapsed().as_secs()
    );
}

impl Case {
    /// Whether its loop stops for every hash; `None` where a picture may show either.
    fn stops_the_loop(&self) -> Option<bool> {
        match self.caught_by.as_deref() {
            None => Some(false),
            Some("off_the_loop") => Some(true),
            Some(_) => None,
        }
    }
}

fn measure(grader: &Grader, case: &Case, options: &Options) -> Result<Tally> {
    let drill = case.drill;
    let checks = drills::checks_in(drill, case.language);
    let takes_pictures = drill.world().uses_threads() && case.language.is_rust();
    let submission = Submission::read(&case.path)?;
    let compiled = match grader.compile(drill, &submission)? {
        Ok(compiled) => compiled,
        Err(text) => bail!("{} does not compile: {text}", case.name),
    };
    let mut tally = Tally::default();
    for run in 0..options.runs {
        let seed = u64::from(run) + 1;
        let mut exam = Exam::new(grader.driver(drill, &compiled, seed))
            .ending_early(drill.checks())
            .speaking(case.language);
        exam.put_through(drill.rules(), |exam| drill.examine(exam));
        let out_of_time = exam.is_out_of_time();
        let (mut driver, decisions, _) = exam.finish();
        let status = |id: &str| decisions.get(id).map(|decision| decision.status);
        let required = || checks.iter().filter(|check| check.required);
        let passed = required().all(|check| status(check.id) == Some(CheckStatus::Passed));
        let failed = required().any(|check| status(check.id) == Some(CheckStatus::Failed));
        tally.runs += 1;
        let what = match &case.caught_by {
            _ if out_of_time && !failed => {
                tally.out_of_time += 1;
                "out of time"
            }
            None if !passed => {
                tally.flipped += 1;
                "failed"
            }
            Some(check) if status(check) == Some(CheckStatus::Failed) => "",
            Some(_) if passed => {
                tally.flipped += 1;
                "passed"
            }
            Some(_) => {
                tally.other_check += 1;
                "caught by another check"
            }
            _ => "",
        };
        if !what.is_empty() {
            let wrong = required().filter_map(|check| {
                let decision = decisions.get(check.id)?;
                let held = decision.status == CheckStatus::Passed;
                (!held).then(|| format!("{}: {}", check.id, decision.message))
            });
            let wrong: Vec<String> = wrong.collect();
            tally
                .said
                .push(format!("{what}, seed {seed}: {}", wrong.join("; ")));
        }
        if run < options.pictures
            && takes_pictures
            && let Ok(picture) = driver.watch(2)
        {
            tally.pictures += 1;
            tally.blocked += u32::from(picture.max as f64 / 1000.0 >= LINE_MS);
        }
    }
    Ok(tally)
}

fn cases_of(course: &Course, drill: &'static dyn Drill, only: &str) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for language in Language::ALL {
        if !drills::gradable_in(drill, language) {
            continue;
        }
        let case = |name: &str, path, caught_by| Case {
            drill,
            language,
            name: format!("{} {language} {name}", drill.slug()),
            path,
            caught_by,
        };
        let dir = course.solutions_in(drill.slug(), language);
        let reference = course.reference_in(drill.slug(), language);
        cases.push(case("reference", reference, None));
        for folder in ["right", "wrong"] {
            for path in sorted(&dir.join(folder))? {
                let text = std::fs::read_to_string(&path)?;
                let head = text.lines().next().unwrap_or_default();
                let check = head.split_once("Caught by: ");
                let check = check.map(|(_, check)| check.trim().trim_matches('`').to_owned());
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                cases.push(case(&name, path.clone(), check));
            }
        }
    }
    cases.retain(|case| case.name.contains(only));
    Ok(cases)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Busy processes, ended with this value.
struct Neighbours(Vec<Child>);

impl Neighbours {
    fn start(count: usize) -> Result<Neighbours> {
        let mut neighbours = Neighbours(Vec::new());
        for _ in 0..count {
            let child = Command::new(std::env::current_exe()?)
                .arg("--be-busy")
                .stdin(Stdio::piped())
                .spawn()?;
            neighbours.0.push(child);
        }
        Ok(neighbours)
    }
}

impl Drop for Neighbours {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Uses a core until the parent is gone.
fn busy() -> ! {
    std::thread::spawn(|| {
        // Ends with the pipe the parent holds.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let mut number = 0_u64;
    loop {
        number = std::hint::black_box(number.wrapping_add(1));
    }
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .map_or_else(|_| "unknown".to_owned(), |it| it.trim().to_owned())
}
