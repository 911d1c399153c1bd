//! The `grader` program: parse, run, exit code.

use std::process::ExitCode;

use clap::Parser;

use grader::cli::{self, Cli};
use grader::{commands, interrupt};

fn main() -> ExitCode {
    let outcome = parsed().and_then(|cli| {
        interrupt::install()?;
        commands::run(cli)
    });
    match outcome {
        Ok(code) => code.into(),
        Err(error) => {
            report(&error);
            commands::Exit::CouldNotGrade.into()
        }
    }
}

/// What was asked for. Help and the version are told here, and end the program.
fn parsed() -> anyhow::Result<Cli> {
    Cli::try_parse().map_err(|mistake| {
        use clap::error::ErrorKind::{
            DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
        };
        match mistake.kind() {
            DisplayHelp | DisplayVersion | DisplayHelpOnMissingArgumentOrSubcommand => {
                mistake.exit()
            }
            _ => anyhow::Error::msg(cli::one_line(&mistake)),
        }
    })
}

#[expect(clippy::print_stderr, reason = "this is where errors are said")]
fn report(error: &anyhow::Error) {
    // One line, causes included: what failed, why, what to do.
    eprintln!("grader: {error:#}");
}
