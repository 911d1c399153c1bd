//! Prints what grading a class costs, as one table made in one run.
//!
//! [`parts`] says what is measured, [`table`] how it is shown; `--help` lists the parts.
//! Ratios compare what was measured in the same run. Ctrl-C ends every process and
//! removes every folder that was made.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

mod cargo;
mod killed;
mod measure;
mod parts;
mod submissions;
mod table;

use std::path::Path;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use grader::course::Course;
use grader::grade::grading::Grader;

/// What grading a class costs
#[derive(Parser)]
#[command(
    bin_name = "./bench class",
    after_help = "\
Examples:
  ./bench class                           everything; half an hour, most of it cargo and `scale`
  ./bench class --only class,bare         submissions a second, and the CPU time beside rustc's own
  ./bench class --only warm,cold          beside `cargo test`
  ./bench class --only scale --most 5000  whether each costs the same in a large class
  ./bench class --only killed             two at once, one of them killed
  ./bench class --class 12 --samples 6 --least 8 --most 40    a short try

The table goes to the standard output, progress to the standard error. Keep the machine quiet."
)]
struct Args {
    /// What to measure, with commas between [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Submissions of the class
    #[arg(long, value_name = "N", default_value_t = 200)]
    class: usize,
    /// Submissions of the small class that `scale` grades
    #[arg(long, value_name = "N", default_value_t = 100)]
    least: usize,
    /// Submissions of the large one
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    most: usize,
    /// Real submissions of all drills for `scale`; 5,000 take the better part of an hour
    #[arg(long)]
    full: bool,
    /// Submissions that `bare` and `warm` take
    #[arg(long, value_name = "N", default_value_t = 24)]
    samples: usize,
    /// Submissions that `cold` takes
    #[arg(long, value_name = "N", default_value_t = 3)]
    cold: usize,
    /// Gradings and cargos at the same time
    #[arg(long, value_name = "N", default_value_t = std::thread::available_parallelism().map_or(1, |it| it.get()))]
    jobs: usize,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// A class of different submissions for all drills
    Class,
    /// The CPU time of rustc, the linker and the worker alone, for some of them
    Bare,
    /// `cargo test` of right ones with one public test, in a target folder that is shared
    Warm,
    /// The same in a new target folder each time
    Cold,
    /// A class of which a third is unchanged stubs
    Copies,
    /// A small class and a large one: time, memory and disk of each submission
    Scale,
    /// Two batches at once, one of them killed and started again
    Killed,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let course = Course::find(Some(&root), &root)?;
    let folder = tempfile::tempdir()?;
    measure::clean_up_after_interrupts(folder.path())?;
    measure::say("preparing what submissions are linked with");
    Grader::new(course.clone())?;
    let bench = parts::Bench {
        program: measure::program()?,
        folder,
        root,
        course,
        jobs: args.jobs,
    };
    let wanted = |part| args.only.is_empty() || args.only.contains(&part);
    table::head();
    let class = match wanted(Part::Class) || wanted(Part::Copies) {
        true => Some(bench.class(args.class)?),
        false => None,
    };
    if wanted(Part::Bare) {
        bench.bare(args.class, args.samples)?;
    }
    if wanted(Part::Warm) {
        bench.warm(args.samples)?;
    }
    if wanted(Part::Cold) {
        bench.cold(args.cold)?;
    }
    if let (true, Some(class)) = (wanted(Part::Copies), &class) {
        bench.copies(args.class, class)?;
    }
    if wanted(Part::Scale) {
        bench.scale(args.least, args.most, args.full)?;
    }
    if wanted(Part::Killed) {
        bench.killed(args.class.min(60))?;
    }
    Ok(())
}
