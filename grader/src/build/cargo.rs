//! Runs cargo, and shows its progress to those who wait.

use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::progress::{self, Audience};
use crate::course::aloud;
use crate::drive::interrupt::Group;
use crate::drive::limits::Limits;

/// Runs cargo to its end, and returns its standard output, or else how it ended and what it
/// complained of. People at a terminal are told these `words` before and after it.
pub(crate) fn run(
    mut command: Command,
    audience: Audience<'_>,
    words: [&str; 2],
) -> io::Result<Result<Vec<u8>, String>> {
    let (output, complaints) = match audience {
        Audience::Terminal => {
            aloud::say(words[0]);
            if !io::stderr().is_terminal() {
                command.arg("--quiet");
            }
            let output = command.stderr(Stdio::inherit()).output()?;
            if output.status.success() {
                aloud::say(words[1]);
            }
            (output, String::new())
        }
        Audience::Program(tell) => {
            command
                .envs(progress::DRAW)
                .stderr(Stdio::piped())
                .stdout(Stdio::piped())
                // The terminal is ours: its Ctrl-C must not reach cargo before us.
                .process_group(0);
            let mut child = command.spawn()?;
            let _group = Group::of(child.id());
            let pipe = child.stderr.take();
            let (output, complaints) = std::thread::scope(|scope| {
                let told = scope.spawn(|| pipe.map(|pipe| progress::follow(pipe, tell)));
                let output = child.wait_with_output();
                (output, told.join().ok().flatten())
            });
            (output?, complaints.unwrap_or_default())
        }
    };
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let mut how = crate::drive::supervisor::describe(output.status, &Limits::default());
    if !complaints.is_empty() {
        how.push_str(": ");
        how.push_str(&complaints);
    }
    Ok(Err(how))
}
