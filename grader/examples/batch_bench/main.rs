//! Prints what grading a class costs, as one table made in one run.
//!
//! ```console
//! $ cargo run --profile grader -p grader --example batch_bench
//! $ cargo run --profile grader -p grader --example batch_bench -- class bare
//! $ cargo run --profile grader -p grader --example batch_bench -- scale --full
//! ```
//!
//! The parts: `class` grades different submissions of all drills; `bare` takes the CPU
//! time of rustc, the linker and the worker alone for some of them; `warm` and `cold`
//! run `cargo test` with one public test on some right ones, in a target folder that
//! is shared and in a new one each time; `copies` grades a class of which a third is
//! unchanged stubs; `scale` grades a small and a large class of submissions that rustc
//! refuses at a glance, so that all that is not compiling shows (`--full`: real ones).
//! The ratios compare what was measured in the same run; keep the machine quiet.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

mod cargo;
mod measure;
mod submissions;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use grader::course::Course;
use grader::drills;
use grader::grading::Grader;
use grader::sandbox::Sandbox;

use measure::{Cost, children, timed};
use submissions::{Variant, refused, right, third_stubs, variants};

#[derive(Parser)]
struct Args {
    /// What to measure [default: all]
    parts: Vec<Part>,
    /// Submissions of the class
    #[arg(long, default_value_t = 200)]
    class: usize,
    /// Submissions of the small and of the large class
    #[arg(long, num_args = 2, default_values_t = [100, 5_000])]
    scale: Vec<usize>,
    /// Real submissions for `scale`; takes an hour
    #[arg(long)]
    full: bool,
    /// Submissions that `bare` and `warm` take
    #[arg(long, default_value_t = 24)]
    samples: usize,
    /// Submissions that `cold` takes
    #[arg(long, default_value_t = 2)]
    cold: usize,
    /// Gradings and cargos at the same time
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, |it| it.get()))]
    jobs: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Class,
    Bare,
    Warm,
    Cold,
    Copies,
    Scale,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let wanted = |part| args.parts.is_empty() || args.parts.contains(&part);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let course = Course::find(Some(&root), &root)?;
    let bench = Bench {
        program: program()?,
        folder: tempfile::tempdir()?,
        course,
        jobs: args.jobs,
    };
    // Whatever is built once is built now.
    Grader::new(bench.course.clone())?;
    println!("{:44} {:>9} {:>9} {:>9}", "", "wall s", "each ms", "CPU ms");

    let class = variants(&bench.course, args.class)?;
    let ours =
        (wanted(Part::Class) || wanted(Part::Warm) || wanted(Part::Cold) || wanted(Part::Bare))
            .then(|| bench.batch("class", &class))
            .transpose()?;
    if let Some(ours) = &ours {
        row(
            &format!("batch: {} different ones", class.len()),
            &ours.cost,
            class.len(),
        );
        println!("  {:.2} submissions a second", ours.cost.rate(class.len()));
        println!("  {}", ours.outcome);
    }
    if let (true, Some(ours)) = (wanted(Part::Bare), &ours) {
        let sample = spread(&class, args.samples);
        let own = bench.batch("sample", &sample)?;
        row(
            &format!("batch: {} of them", sample.len()),
            &own.cost,
            sample.len(),
        );
        let bare = bench.bare(&sample)?;
        row(
            "rustc, linker and worker alone, of the same",
            &bare,
            sample.len(),
        );
        let ratio = own.cost.cpu(sample.len()) / bare.cpu(sample.len());
        println!("  CPU: {ratio:.2} times the bare ones (at most 1.5)");
        let whole = ours.cost.cpu(class.len()) / bare.cpu(sample.len());
        println!("  CPU of the whole class: {whole:.2} times");
    }
    for (part, number) in [(Part::Warm, args.samples), (Part::Cold, args.cold)] {
        let Some(ours) = ours.as_ref().filter(|_| wanted(part)) else {
            continue;
        };
        let sample = spread(&right(&bench.course)?, number);
        let (words, aim, cost) = match part {
            Part::Warm => {
                let cost = cargo::warm(&root, &sample, bench.folder.path(), bench.jobs)?;
                ("cargo test, warm, one shared target", 1.5, cost)
            }
            _ => {
                let cost = cargo::cold(&root, &sample, bench.folder.path())?;
                ("cargo test, cold, a target each", 30.0, cost)
            }
        };
        row(
            &format!("{words}: {} right ones", sample.len()),
            &cost,
            sample.len(),
        );
        let faster = ours.cost.rate(class.len()) / cost.rate(sample.len());
        let cheaper = cost.cpu(sample.len()) / ours.cost.cpu(class.len());
        println!(
            "  batch does {faster:.1} times as many (at least {aim}); by CPU time {cheaper:.1}"
        );
    }
    if wanted(Part::Copies) {
        let class = third_stubs(&bench.course, args.class)?;
        let copies = bench.batch("copies", &class)?;
        row(
            &format!("batch: {}, a third unchanged stubs", class.len()),
            &copies.cost,
            class.len(),
        );
        if let Some(ours) = &ours {
            let gain = copies.cost.rate(class.len()) / ours.cost.rate(args.class);
            println!("  {gain:.2} times as many a second as without copies");
        }
    }
    if wanted(Part::Scale) {
        let mut each = Vec::new();
        for number in &args.scale {
            let class = match args.full {
                true => variants(&bench.course, *number)?,
                false => refused(*number),
            };
            let done = bench.batch(&format!("scale{number}"), &class)?;
            let kind = if args.full {
                "real"
            } else {
                "that do not compile"
            };
            row(&format!("batch: {number} {kind}"), &done.cost, class.len());
            println!(
                "  memory at most {} MiB; {:.1} kB each on disk, {:.1} kB of it records",
                done.memory >> 10,
                done.disk as f64 / 1000.0 / class.len() as f64,
                done.records as f64 / 1000.0 / class.len() as f64,
            );
            each.push(done.cost.wall / class.len() as f64);
        }
        if let [small, .., large] = &*each {
            println!(
                "  each takes {:.2} times as long in the large class",
                large / small
            );
        }
    }
    Ok(())
}

fn row(name: &str, cost: &Cost, number: usize) {
    let each = cost.wall * 1000.0 / number as f64;
    println!(
        "{name:44} {:>9.1} {each:>9.0} {:>9.0}",
        cost.wall,
        cost.cpu(number)
    );
}

/// Every so manieth.
fn spread(all: &[Variant], number: usize) -> Vec<Variant> {
    let number = number.min(all.len());
    (0..number)
        .map(|at| all[at * all.len() / number].clone())
        .collect()
}

/// The program, built beside this one.
fn program() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me
        .parent()
        .and_then(Path::parent)
        .context("an example lies in target/PROFILE")?;
    let program = folder.join("grader");
    ensure!(
        program.is_file(),
        "build it first: cargo build --profile grader -p grader"
    );
    Ok(program)
}

struct Bench {
    program: PathBuf,
    folder: tempfile::TempDir,
    course: Course,
    jobs: usize,
}

/// What one batch cost and left.
struct Batch {
    cost: Cost,
    /// The grader's own, in KiB.
    memory: u64,
    /// All results, in bytes of disk.
    disk: u64,
    /// The records alone.
    records: u64,
    /// The program's own count.
    outcome: String,
}

impl Bench {
    /// Grades a class with the program, from nothing.
    fn batch(&self, name: &str, class: &[Variant]) -> Result<Batch> {
        let (dir, out) = (
            self.folder.path().join(name),
            self.folder.path().join(format!("{name}_out")),
        );
        for (number, variant) in class.iter().enumerate() {
            let student = dir.join(format!("student{number:05}"));
            std::fs::create_dir_all(&student)?;
            std::fs::write(student.join(format!("{}.rs", variant.drill)), &variant.text)?;
        }
        let mut command = std::process::Command::new(&self.program);
        command
            .arg("--course")
            .arg(self.course.root())
            .arg("batch")
            .arg(&dir);
        command
            .arg("--out")
            .arg(&out)
            .args(["--seed", "7", "--jobs", &self.jobs.to_string()]);
        let done = timed(command)?;
        ensure!(
            done.code == Some(1) || done.code == Some(0),
            "{}",
            done.said
        );
        // The table of outcomes is what stands between the first empty lines.
        let table = done.said.split("\n\n").nth(1).unwrap_or_default();
        let counts: Vec<&str> = table.lines().map(str::trim).collect();
        Ok(Batch {
            cost: done.cost,
            memory: done.memory,
            disk: measure::disk(&out)?,
            records: measure::disk(&out.join("records"))?,
            outcome: counts.join(", "),
        })
    }

    /// The CPU time of the processes that no grading of these can do without: rustc
    /// twice, the linker, the worker. Neither a sandbox nor the grader itself counts.
    fn bare(&self, sample: &[Variant]) -> Result<Cost> {
        let grader = Grader::new(self.course.clone())?
            .without_pictures()
            .within(Sandbox::none())
            .allow_degraded(true);
        let before = children()?;
        let begun = std::time::Instant::now();
        for variant in sample {
            let path = self.folder.path().join("bare.rs");
            std::fs::write(&path, &variant.text)?;
            let drill = drills::find(&variant.drill).context("no such drill")?;
            grader.grade(drill, &path, 7)?;
        }
        Ok(Cost {
            wall: begun.elapsed().as_secs_f64(),
            cpu: children()? - before,
        })
    }
}
