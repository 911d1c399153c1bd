//! `doctor`: each promise of the sandbox, whether it is kept here, and what to do.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::app::cli::{Doctor, Format};
use crate::course::Course;
use crate::drive::sandbox::{Kept, Promise, Sandbox, Tier};
use crate::grade::grading::Grader;

pub(super) fn run(course: Course, args: &Doctor) -> Result<Exit> {
    let grader = Grader::new(course)?;
    let sandbox = grader.sandbox();
    let mut out = anstream::stdout();
    match args.format {
        Format::Human => tell(sandbox, &mut out)?,
        Format::Json => {
            let report = serde_json::json!({
                "schema": 1,
                "sandbox": sandbox.tier(),
                "promises": sandbox.promises(),
            });
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        }
    }
    Ok(match sandbox.tier() {
        Tier::Full => Exit::Passed,
        _ => Exit::Failed,
    })
}

fn tell(sandbox: &Sandbox, out: &mut dyn Write) -> Result<()> {
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
    let tier = sandbox.tier();
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
