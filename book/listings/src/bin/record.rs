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
