//! Writes what the listings print into `recorded/`, and the versions of the
//! tools into `recorded/versions.md`: `cargo run -p listings --bin record`.
//!
//! With `--measure` it also writes the times that some of them tell to
//! `measured/`. Those hold for one machine and one moment, and say so.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use listings::machine::Machine;
use listings::recordings::{self, Tool, folder};
use listings::{run_by_name, versions};

/// The scripts whose times are shown.
const TIMED: &[&str] = &["hash_trap.mjs", "hash_elsewhere.mjs", "delay_monitor.mjs"];

fn main() -> io::Result<ExitCode> {
    let argument = env::args().nth(1);
    if let Some(name) = argument
        .as_deref()
        .filter(|argument| *argument != "--measure")
    {
        // Called by itself, to run one listing in a process of its own.
        return Ok(if run_by_name(name) {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(2)
        });
    }
    let this_program = env::current_exe()?;
    for recording in recordings::all() {
        if recording.tool.version().is_none() {
            println!("{}: skipped, its tool is not installed", recording.name);
            continue;
        }
        let said = recording.run(&this_program)?;
        write(&recording.file(), &said.out)?;
        if argument.is_some() && TIMED.contains(&&*recording.name) {
            let text = format!("{}# {}\n", said.err, Machine::this());
            write(
                &folder()
                    .join("measured")
                    .join(format!("{}.txt", recording.name)),
                &text,
            )?;
        }
    }
    if argument.is_some() {
        record_the_loop()?;
    }
    write(&versions::file(), &versions::table(&Tool::version)?)?;
    record_compiler_messages()
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let before = fs::read_to_string(path).unwrap_or_default();
    if before != text {
        println!("{} has changed", path.display());
        fs::write(path, text)?;
    }
    Ok(())
}

/// The loop's picture, of the stub and of the reference. A test says whether it agrees with itself: beside busy
/// neighbours it does not.
fn record_the_loop() -> io::Result<()> {
    let mut picture = Command::new("cargo");
    picture.args([
        "grader",
        "latency",
        "offload",
        "solutions/offload/src/lib.rs",
    ]);
    picture.args(["--format", "json"]);
    let output = picture.output()?;
    let text = String::from_utf8(output.stdout).map_err(io::Error::other)?;
    if !output.status.success() {
        return Err(io::Error::other(format!("{picture:?}: {}", output.status)));
    }
    let machine = Machine::this().to_string();
    let machine = machine.trim_start_matches("measured on ");
    let text: String = text.lines().map(str::trim_start).collect();
    let text = text
        .replacen('{', &format!("{{\"machine\":\"{machine}\","), 1)
        .replace("\"stub\"", "\"hash on the loop (the stub)\"")
        .replace("\"yours\"", "\"hash offloaded (the reference)\"");
    let traces = folder().join("../interactive/traces");
    write(&traces.join("offload.json"), &(text + "\n"))
}

/// The compiler's messages are kept beside the code they are about.
fn record_compiler_messages() -> io::Result<ExitCode> {
    let status = Command::new("cargo")
        .args(["test", "--quiet", "-p", "listings", "--test", "cannot"])
        .env("TRYBUILD", "overwrite")
        .status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
