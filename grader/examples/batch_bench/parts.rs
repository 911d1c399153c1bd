//! The parts: each measures one thing and writes its rows.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use grader::course::Course;
use grader::drills;
use grader::drive::sandbox::Sandbox;
use grader::grade::grading::Grader;
use tempfile::TempDir;

use crate::cargo;
use crate::killed;
use crate::measure::{Batch, Cost, children, disk, say, timed};
use crate::submissions::{Variant, cheap, right, third_stubs, variants};
use crate::table;

/// The state that the parts share.
pub(crate) struct Bench {
    /// The grader.
    pub(crate) program: PathBuf,
    /// The temporary folder, removed at the end and after Ctrl-C.
    pub(crate) folder: TempDir,
    pub(crate) root: PathBuf,
    pub(crate) course: Course,
    /// How many gradings run at the same time.
    pub(crate) jobs: usize,
}

impl Bench {
    pub(crate) fn class(&self, number: usize) -> Result<Batch> {
        let class = variants(&self.course, number)?;
        let done = self.batch("class", &class)?;
        table::batch("batch: different ones, all drills", &done);
        table::comes_to(&format!(
            "{:.2} a second; {}",
            done.cost.rate(),
            done.outcome
        ));
        Ok(done)
    }

    /// The CPU time of a batch beside that of the processes that every grading of the
    /// same submissions needs: rustc twice, the linker, the worker. Neither a
    /// sandbox nor the grader itself counts among these.
    pub(crate) fn bare(&self, class: usize, samples: usize) -> Result<()> {
        let sample = spread(&variants(&self.course, class)?, samples);
        let ours = self.batch("sample", &sample)?;
        table::batch("batch: a sample of these", &ours);
        say(&format!(
            "{} by rustc, linker and worker alone",
            sample.len()
        ));
        let grader = Grader::new(self.course.clone())?
            .without_pictures()
            .within(Sandbox::none())
            .allow_degraded(true);
        let before = children()?;
        let begun = Instant::now();
        for variant in &sample {
            let path = self.folder.path().join("bare.rs");
            std::fs::write(&path, &variant.text)?;
            let drill = drills::find(&variant.drill).context("no such drill")?;
            grader.grade(drill, &path, 7)?;
        }
        let bare = Cost {
            number: sample.len(),
            wall: begun.elapsed().as_secs_f64(),
            cpu: children()? - before,
        };
        table::row("rustc, linker, worker alone: the same", &bare);
        let ratio = ours.cost.cpu / bare.cpu;
        table::comes_to(&format!(
            "a batch takes {ratio:.2} times their CPU time (at most 1.5)"
        ));
        Ok(())
    }

    pub(crate) fn warm(&self, samples: usize) -> Result<()> {
        let sample = spread(&right(&self.course)?, samples);
        let ours = self.batch("warm", &sample)?;
        table::batch("batch: right ones", &ours);
        say(&format!("{} by cargo test, warm", sample.len()));
        let theirs = cargo::warm(&self.root, &sample, self.folder.path(), self.jobs)?;
        let name = "cargo test, one test, one shared target: same";
        table::row(name, &theirs);
        beside(&ours, &theirs, 1.5);
        Ok(())
    }

    pub(crate) fn cold(&self, samples: usize) -> Result<()> {
        let sample = spread(&right(&self.course)?, samples);
        // So few submissions are not a fair measure of a batch.
        let many = spread(&right(&self.course)?, 24);
        let ours = self.batch("cold", &many)?;
        table::batch("batch: right ones", &ours);
        say(&format!("{} by cargo test, cold", sample.len()));
        let theirs = cargo::cold(&self.root, &sample, self.folder.path())?;
        let name = format!("cargo test, a new target each: {} of them", sample.len());
        table::row(&name, &theirs);
        beside(&ours, &theirs, 30.0);
        Ok(())
    }

    pub(crate) fn copies(&self, number: usize, different: &Batch) -> Result<()> {
        let class = third_stubs(&self.course, number)?;
        let copies = self.batch("copies", &class)?;
        table::batch("batch: a third of it unchanged stubs", &copies);
        let gain = copies.cost.rate() / different.cost.rate();
        table::comes_to(&format!(
            "{gain:.2} times as many a second as different ones"
        ));
        Ok(())
    }

    /// The small class is graded both before and after the large one, so that a
    /// machine that gets slower or faster meanwhile is noticed.
    pub(crate) fn scale(&self, least: usize, most: usize, full: bool) -> Result<()> {
        let class = |number| match full {
            true => variants(&self.course, number),
            false => cheap(&self.course, number),
        };
        let what = match full {
            true => "different ones, all drills",
            false => "of 8: 6 rustc refuses, 1 right, 1 wrong",
        };
        let mut all = Vec::new();
        for (name, number) in [("before", least), ("large", most), ("after", least)] {
            let done = self.batch(&format!("scale_{name}"), &class(number)?)?;
            table::batch(&format!("batch: {what}"), &done);
            std::fs::remove_dir_all(self.folder.path().join(format!("scale_{name}")))?;
            all.push(done);
        }
        let [before, large, after] = &*all else {
            unreachable!("three were graded");
        };
        let of = |value: fn(&Batch) -> f64| {
            let small = f64::midpoint(value(before), value(after));
            format!("{:+.1} %", 100.0 * (value(large) / small - 1.0))
        };
        table::comes_to(&format!(
            "in the large class each takes {} time, {} CPU time, {} disk (within 10 %)",
            of(|batch| batch.cost.wall_each()),
            of(|batch| batch.cost.cpu_each()),
            of(Batch::disk_each),
        ));
        table::comes_to(&format!(
            "the grader's memory: {} (within 10 %); disk at most {:.1} kB each (under 20)",
            of(Batch::megabytes),
            large.disk_each().max(before.disk_each()) / 1000.0
        ));
        Ok(())
    }

    pub(crate) fn killed(&self, number: usize) -> Result<()> {
        let dir = self.write("killed", &variants(&self.course, number)?)?;
        say("two at once, one of them killed");
        let told = killed::run(self.folder.path(), number, |out| self.command(&dir, out))?;
        println!("two batches at once, one killed and started again: {number} each");
        table::comes_to(&told);
        Ok(())
    }

    /// Grades a class with the program, from nothing.
    fn batch(&self, name: &str, class: &[Variant]) -> Result<Batch> {
        let dir = self.write(name, class)?;
        let out = self.folder.path().join(format!("{name}_out"));
        say(&format!("a batch of {}", class.len()));
        let done = timed(self.command(&dir, &out))?;
        ensure!(matches!(done.code, Some(0 | 1)), "{}", done.said);
        // The table of outcomes is between the first empty lines.
        let table = done.said.split("\n\n").nth(1).unwrap_or_default();
        let counts: Vec<&str> = table.lines().map(str::trim).collect();
        let batch = Batch {
            cost: Cost {
                number: class.len(),
                ..done.cost
            },
            memory: done.memory,
            disk: disk(&out)?,
            outcome: counts.join(", "),
        };
        std::fs::remove_dir_all(out)?;
        Ok(batch)
    }

    /// A folder with a class in it.
    fn write(&self, name: &str, class: &[Variant]) -> Result<PathBuf> {
        let dir = self.folder.path().join(name);
        for (number, variant) in class.iter().enumerate() {
            let student = dir.join(format!("student{number:05}"));
            std::fs::create_dir_all(&student)?;
            std::fs::write(student.join(format!("{}.rs", variant.drill)), &variant.text)?;
        }
        Ok(dir)
    }

    fn command(&self, dir: &Path, out: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--course").arg(self.course.root());
        command.arg("batch").arg(dir).arg("--out").arg(out);
        command.args(["--seed", "7", "--jobs", &self.jobs.to_string()]);
        command
    }
}

/// Compares a batch with cargo, submission by submission.
fn beside(ours: &Batch, theirs: &Cost, aim: f64) {
    let faster = theirs.wall_each() / ours.cost.wall_each();
    let cheaper = theirs.cpu_each() / ours.cost.cpu_each();
    table::comes_to(&format!(
        "a batch does {faster:.1} times as many (at least {aim}); by CPU time {cheaper:.1}"
    ));
}

/// Every n-th of these.
fn spread(all: &[Variant], number: usize) -> Vec<Variant> {
    let number = number.min(all.len());
    (0..number)
        .map(|at| all[at * all.len() / number].clone())
        .collect()
}
