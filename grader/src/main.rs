//! The `grader` program: parse, run, exit code.

use std::process::ExitCode;

use clap::Parser;

use grader::cli::Cli;
use grader::{commands, interrupt};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = interrupt::install()
        .map_err(anyhow::Error::from)
        .and_then(|()| commands::run(cli));
    match outcome {
        Ok(code) => code.into(),
        Err(error) => {
            report(&error);
            commands::Exit::CouldNotGrade.into()
        }
    }
}

#[expect(clippy::print_stderr, reason = "this is where errors are said")]
fn report(error: &anyhow::Error) {
    // One line, causes included: what failed, why, what to do.
    eprintln!("grader: {error:#}");
}
