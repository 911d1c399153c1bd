//! Runs cargo, and shows its progress to those who wait.

use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

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
    // A group of its own, which ends with us however we are ended. A terminal's Ctrl-C
    // reaches us alone.
    command.process_group(0).stdout(Stdio::piped());
    let (output, complaints) = match audience {
        Audience::Terminal => {
            aloud::say(words[0]);
            if !io::stderr().is_terminal() {
                command.arg("--quiet");
            }
            let child = command.stderr(Stdio::inherit()).spawn()?;
            let _group = Group::of(child.id());
            let output = child.wait_with_output()?;
            if output.status.success() {
                aloud::say(words[1]);
            }
            (output, String::new())
        }
        Audience::Program(tell) => {
            command.envs(progress::DRAW).stderr(Stdio::piped());
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

/// A path below which nothing can be built.
#[derive(Debug, Error)]
#[error(
    "the path {path:?} has {sign} in it, which compilers and linkers stumble over; move the folder"
)]
pub struct Unbuildable {
    path: PathBuf,
    sign: &'static str,
}

impl Unbuildable {
    /// What is wrong with `path`, if something is. Ask when a build has failed: some linkers
    /// may know better.
    pub(crate) fn why(path: &Path) -> Option<Unbuildable> {
        let rules_out = |sign: char| match sign {
            // It stands between two folders in a list of them.
            ':' => Some("a colon"),
            // These are read as something else on the way to the linker.
            '%' => Some("a percent sign"),
            '"' => Some("a quotation mark"),
            '\n' | '\r' => Some("a line break"),
            _ => None,
        };
        let sign = match path.to_str() {
            None => Some("bytes that are not UTF-8"),
            Some(text) => text.chars().find_map(rules_out),
        };
        let path = path.to_owned();
        sign.map(|sign| Unbuildable { path, sign })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_path_that_linkers_stumble_over_is_named() {
        let why = |path: &[u8]| {
            Unbuildable::why(Path::new(OsStr::from_bytes(path))).map(|why| why.to_string())
        };
        for usual in ["/home/ada/between awaits", "/tmp/ü'$=,;&[x]\\#~"] {
            assert_eq!(why(usual.as_bytes()), None);
        }
        let named = [
            (&b"/home/between%20awaits"[..], "a percent sign"),
            (b"/mnt/c:/course", "a colon"),
            (b"/a\"b", "a quotation mark"),
            (b"/a\nb", "a line break"),
            (b"/caf\xe9", "bytes that are not UTF-8"),
        ];
        for (path, sign) in named {
            let why = why(path).expect("nothing can be built there");
            assert!(why.contains(sign) && !why.contains('\n'), "{why}");
        }
    }
}
