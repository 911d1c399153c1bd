//! The `grader` program: parse, run, exit code.

use std::io::{Error, ErrorKind};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use signal_hook::consts::signal::SIGXFSZ;

use grader::app::cli::{self, Cli};
use grader::app::commands;
use grader::course::aloud;
use grader::drive::{interrupt, threads};

fn main() -> ExitCode {
    let outcome = parsed().and_then(|cli| {
        interrupt::install()?;
        threads::allow_many_files();
        // A file that may not grow any more is then an error with its name, as on a full disk.
        signal_hook::flag::register(SIGXFSZ, Arc::default())?;
        commands::run(cli)
    });
    match outcome {
        Ok(code) => code.into(),
        // The reader has closed the pipe, which is fine.
        Err(error) if is_broken_pipe(&error) => commands::Exit::CouldNotGrade.into(),
        Err(error) => {
            // Files are named where they are written.
            let printed = match error.downcast_ref::<Error>().map(Error::kind) {
                Some(ErrorKind::StorageFull) => "cannot write to standard output: ",
                _ => "",
            };
            aloud::say(&format!("{printed}{}", cli::in_words(&error)));
            commands::Exit::CouldNotGrade.into()
        }
    }
}

/// Parses the command line. Help and the version are printed here, and end the program.
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

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|it| {
        let io = it.downcast_ref::<Error>().map(Error::kind);
        // It does not name the error that it has come from as its source.
        let json = || it.downcast_ref::<serde_json::Error>()?.io_error_kind();
        io.or_else(json) == Some(ErrorKind::BrokenPipe)
    })
}
