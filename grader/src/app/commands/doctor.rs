//! `doctor`: each promise of the sandbox, whether it is kept here, and what to do.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::app::cli::{Doctor, Format};
use crate::course::Course;
use crate::course::language::Language;
use crate::drills;
use crate::drive::interpreter::Interpreter;
use crate::drive::sandbox::{Kept, Promise, Sandbox, Tier};
use crate::drive::tight::tight;
use crate::grade::grading::Grader;
use play::text::one_line;

/// What to do if the sandbox holds but nothing compiles.
const GRADING: &str = "needs a toolchain and a linker that other users may read: a root without CAP_SYS_ADMIN keeps neither below `/root` (set RUSTUP_HOME), and has a `target/` that others may enter (CARGO_TARGET_DIR)";

pub(super) fn run(course: Course, args: &Doctor) -> Result<Exit> {
    let grader = Grader::new(course)?;
    let sandbox = grader.sandbox();
    let trouble = trouble(&grader)?;
    let found = Language::interpreted().map(|language| (language, Interpreter::find(language)));
    let found: Vec<_> = found.collect();
    let mut out = anstream::stdout();
    match args.format {
        Format::Human => {
            tell(sandbox, trouble.as_deref(), &mut out)?;
            for (language, found) in &found {
                let name = language.folder();
                match found {
                    Ok(it) => writeln!(
                        out,
                        "{name}: {}, `{}`; drills in {language} are graded",
                        it.version(),
                        it.path().display()
                    )?,
                    Err(why) => writeln!(out, "{name}: {why}")?,
                }
            }
        }
        Format::Json => {
            let mut report = serde_json::json!({
                "schema": 1,
                "sandbox": sandbox.tier(),
                "promises": sandbox.promises(),
                "grading": { "works": trouble.is_none(), "trouble": trouble },
            });
            for (language, found) in &found {
                report[language.folder()] = serde_json::json!({
                    "version": found.as_ref().ok().map(|it| it.version()),
                    "trouble": found.as_ref().err().map(ToString::to_string),
                });
            }
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        }
    }
    Ok(match (sandbox.tier(), trouble) {
        (Tier::Full, None) => Exit::Passed,
        _ => Exit::Failed,
    })
}

/// Why some drill's stub cannot be graded, if one cannot. Grading is what all this is for.
fn trouble(grader: &Grader) -> Result<Option<String>> {
    let course = grader.course();
    for slug in course.slugs()? {
        let Ok(drill) = course.drill(&slug) else {
            continue;
        };
        let mut stubs = vec![course.stub_in(&slug, Language::Rust)];
        for language in Language::interpreted() {
            if drills::gradable_in(drill, language) {
                stubs.push(course.stub_in(&slug, language));
            }
        }
        for stub in stubs {
            if let Err(error) = grader.grade(drill, &stub, 1) {
                return Ok(Some(format!("`{slug}`: {error}")));
            }
        }
    }
    Ok(None)
}

fn tell(sandbox: &Sandbox, trouble: Option<&str>, out: &mut dyn Write) -> Result<()> {
    for promise in sandbox.promises() {
        let mark = match (promise.is_kept(), promise.required) {
            (true, _) => "kept  ",
            (false, true) => "BROKEN",
            (false, false) => "absent",
        };
        writeln!(out, "{mark}  {}  ({})", promise.title, promise.id)?;
        if !promise.is_kept() {
            writeln!(out, "        {}", why(promise))?;
            writeln!(out, "        {}", promise.advice)?;
        }
    }
    let mark = trouble.map_or("kept  ", |_| "BROKEN");
    writeln!(
        out,
        "{mark}  every drill's stub is compiled and graded  (grading)"
    )?;
    if let Some(why) = trouble {
        writeln!(out, "        {}", one_line(why, 600))?;
        // It has been said if it is a limit.
        if tight().is_empty() {
            writeln!(out, "        {GRADING}")?;
        }
    }
    let tier = sandbox.tier();
    if tier == Tier::Full && trouble.is_some() {
        writeln!(out, "\nsandbox: full; but nothing can be graded here")?;
        return Ok(());
    }
    let meaning = match tier {
        Tier::Full => "strangers' code is graded",
        Tier::Degraded => "strangers' code is graded only with `--allow-degraded`",
        Tier::None => {
            "there is none for this system: strangers' code is graded only with `--allow-degraded`; use Linux, in a virtual machine if need be"
        }
    };
    writeln!(out, "\nsandbox: {}; {meaning}", tier.name())?;
    Ok(())
}

fn why(promise: &Promise) -> String {
    match &promise.kept {
        Kept::Untried(why) => format!("it could not be tried: {why}"),
        _ => "an attempt to break it got through".to_owned(),
    }
}
