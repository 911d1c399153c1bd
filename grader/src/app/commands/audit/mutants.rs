//! `audit --mutants`: every rule of a drill is switched off in turn, and some wrong solution
//! must then go uncaught. A rule that nothing needs could be broken without anybody noticing.
//!
//! Each wrong solution is compiled once. The kinds that end a process are not rules of a
//! drill, and stay on.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

use super::{Case, Exit, Expected};
use crate::build::compile::Compiled;
use crate::drills::Drill;
use crate::exam::Mutant;
use crate::grade::grading::{Examined, Grader};
use play::judge::Kind;

/// A wrong solution, ready to be examined.
struct Wrong<'a> {
    path: &'a Path,
    check: &'static str,
    compiled: Compiled,
    /// What came of it with every rule on.
    whole: Examined,
}

pub(super) fn run(
    grader: &Grader,
    cases: &[Case],
    drills: &[&'static dyn Drill],
    seed: u64,
) -> Result<Exit> {
    let mut survived = 0;
    for drill in drills {
        let cases: Vec<&Case> = cases
            .iter()
            .filter(|case| case.drill.slug() == drill.slug())
            .collect();
        survived += survivors(grader, &cases, *drill, seed)?;
    }
    Ok(match survived {
        0 => Exit::Passed,
        _ => Exit::Failed,
    })
}

/// Tries every mutant of a drill, says what became of each, and returns how many survived.
fn survivors(grader: &Grader, cases: &[&Case], drill: &dyn Drill, seed: u64) -> Result<usize> {
    let slug = drill.slug();
    let root = grader.course().root();
    let mut out = anstream::stdout();
    let mut named = std::collections::BTreeSet::new();
    let mut wrongs = Vec::new();
    for case in cases {
        let place = case.path.strip_prefix(root).unwrap_or(&case.path);
        let check = match &case.expected {
            Expected::CaughtBy(check) => Some(*check),
            // With it every check is decided, so every kind is named.
            Expected::FullMarks => None,
            _ => continue,
        };
        let submission = grader.read(drill, &case.path)?;
        let compiled = grader
            .compile(drill, &submission)?
            .map_err(|why| anyhow!("`{}` is not compiled: {why}", place.display()))?;
        let whole = grader.examine_mutant(drill, &compiled, seed, None)?;
        named.extend(whole.rules.named.iter().copied());
        let Some(check) = check else { continue };
        if !whole.failed.contains(check) {
            writeln!(out, "WRONG {}: not caught by `{check}`", place.display())?;
            continue;
        }
        wrongs.push(Wrong {
            path: place,
            check,
            compiled,
            whole,
        });
    }
    // Those that show the fewest kinds are the first to go uncaught.
    wrongs.sort_by_key(|wrong| wrong.whole.rules.found.len());
    let checks = drill.checks().iter().map(|check| Mutant::Check(check.id));
    let kinds = named
        .into_iter()
        .filter(|kind| !Kind::OF_THE_PROCESS.contains(kind))
        .map(Mutant::Kind);
    let mutants: Vec<Mutant> = checks.chain(kinds).collect();
    let mut survived = 0;
    for mutant in &mutants {
        let who: Vec<&Wrong<'_>> = wrongs
            .iter()
            .filter(|wrong| wrong.depends_on(*mutant))
            .collect();
        let mut uncaught = None;
        for wrong in &who {
            let examined = grader
                .until_one_fails(&[wrong.check])
                .examine_mutant(drill, &wrong.compiled, seed, Some(*mutant))
                .with_context(|| format!("without {mutant}"))?;
            if !examined.failed.contains(wrong.check) {
                uncaught = Some(wrong);
                break;
            }
        }
        match uncaught {
            Some(wrong) => writeln!(
                out,
                "ok       {slug} without {mutant}: `{}` goes uncaught",
                wrong.path.display()
            )?,
            None => {
                survived += 1;
                let why = match who.len() {
                    0 => "no wrong solution shows it".to_owned(),
                    1 => "1 wrong solution shows it, and is caught all the same".to_owned(),
                    many => format!("{many} wrong solutions show it, and are caught all the same"),
                };
                writeln!(out, "SURVIVED {slug} without {mutant}: {why}")?;
            }
        }
    }
    writeln!(
        out,
        "\n{slug}: {} rules switched off in turn, {survived} not missed\n",
        mutants.len()
    )?;
    Ok(survived)
}

impl Wrong<'_> {
    /// Whether it may go uncaught without that rule.
    fn depends_on(&self, mutant: Mutant) -> bool {
        match mutant {
            Mutant::Check(check) => self.check == check,
            Mutant::Kind(kind) => self.whole.rules.found.contains(&kind),
        }
    }
}
