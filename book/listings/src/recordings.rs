//! What the listings print, and where it is kept: [`Recording`].
//!
//! The `record` program writes the files; the tests run the same recordings and
//! compare. Nothing here knows what a listing ought to print.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a Go program may run that is expected never to end.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a recording needs to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// This workspace's own listings.
    Rust,
    /// `python3`, 3.11 or newer.
    Python,
    /// `node`, 18 or newer.
    Node,
    /// `go`, 1.14 or newer. The only one that may be missing.
    Go,
}

impl Tool {
    /// The program, and what asks it for its version.
    fn version_command(self) -> [&'static str; 2] {
        match self {
            Tool::Rust => ["rustc", "--version"],
            Tool::Python => ["python3", "--version"],
            Tool::Node => ["node", "--version"],
            Tool::Go => ["go", "version"],
        }
    }

    /// The version it tells, or `None` when it is not installed.
    pub fn version(self) -> Option<String> {
        let [program, question] = self.version_command();
        let output = Command::new(program).arg(question).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    }
}

/// One program, and the file that keeps what it printed.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The file in `recorded/`, without `.txt`.
    pub name: String,
    /// What runs it.
    pub tool: Tool,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    Listing(&'static str),
    Script(PathBuf),
    GoRun { file: PathBuf, preemption: bool },
    GoRace(PathBuf),
}

/// What a program said.
#[derive(Clone, Debug)]
pub struct Said {
    /// Facts: the same in every run.
    pub out: String,
    /// Measured times, and the complaints of a runtime.
    pub err: String,
}

/// Every recording there is, in the order of their names.
pub fn all() -> Vec<Recording> {
    let mut all: Vec<Recording> = crate::ALL
        .iter()
        .map(|(name, _)| Recording {
            name: (*name).to_owned(),
            tool: Tool::Rust,
            how: How::Listing(name),
        })
        .collect();
    for (folder, extension, tool) in [("python", "py", Tool::Python), ("node", "mjs", Tool::Node)] {
        all.extend(
            scripts(folder, extension)
                .into_iter()
                .map(|path| Recording {
                    name: name_of(&path),
                    tool,
                    how: How::Script(path),
                }),
        );
    }
    for preemption in [true, false] {
        let file = folder().join("go/preempt.go");
        let suffix = if preemption { "" } else { ".off" };
        all.push(Recording {
            name: format!("preempt.go{suffix}"),
            tool: Tool::Go,
            how: How::GoRun { file, preemption },
        });
    }
    all.push(Recording {
        name: "race.go".to_owned(),
        tool: Tool::Go,
        how: How::GoRace(folder().join("go/race.go")),
    });
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// This crate's folder.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Recording {
    /// Where its output is kept.
    pub fn file(&self) -> PathBuf {
        folder().join("recorded").join(format!("{}.txt", self.name))
    }

    /// Runs it. `listings` is a program that runs a listing of ours by name.
    ///
    /// # Errors
    /// When it cannot be run, or ends otherwise than it should.
    pub fn run(&self, listings: &Path) -> io::Result<Said> {
        match &self.how {
            How::Listing(name) => said(Command::new(listings).arg(name).env("RUST_BACKTRACE", "0")),
            How::Script(path) => {
                let [program, _] = self.tool.version_command();
                said(
                    Command::new(program)
                        .arg(path)
                        .env_remove("PYTHONASYNCIODEBUG"),
                )
            }
            How::GoRun { file, preemption } => go_run(file, *preemption),
            How::GoRace(file) => go_race(file),
        }
    }
}

fn said(command: &mut Command) -> io::Result<Said> {
    let output = command.output()?;
    let text = |bytes| String::from_utf8(bytes).map_err(io::Error::other);
    let said = Said {
        out: text(output.stdout)?,
        err: text(output.stderr)?,
    };
    if output.status.success() {
        Ok(said)
    } else {
        Err(io::Error::other(format!(
            "{command:?}: {}\n{}",
            output.status, said.err
        )))
    }
}

/// Builds a Go program and runs it for a while at most.
fn go_run(file: &Path, preemption: bool) -> io::Result<Said> {
    let place = std::env::temp_dir().join(format!("listing-{}-{preemption}", std::process::id()));
    said(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&place)
            .arg(file),
    )?;
    let switch = if preemption { "0" } else { "1" };
    let mut child = Command::new(&place)
        .env("GODEBUG", format!("asyncpreemptoff={switch}"))
        .stdout(Stdio::piped())
        .spawn()?;
    let start = Instant::now();
    let ended = loop {
        match child.try_wait()? {
            Some(_) => break true,
            None if start.elapsed() > PATIENCE => break false,
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    if !ended {
        child.kill()?;
        child.wait()?;
    }
    fs::remove_file(&place)?;
    let mut out = String::new();
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_string(&mut out)?;
    }
    if !ended {
        out += "(nothing more; after three seconds the process is ended from outside)\n";
    }
    Ok(Said {
        out,
        err: String::new(),
    })
}

/// Runs a Go program under its race detector; only the warning is kept.
fn go_race(file: &Path) -> io::Result<Said> {
    // Ends with a code of its own when it found something.
    let output = Command::new("go")
        .args(["run", "-race"])
        .arg(file)
        .output()?;
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let warning = err.lines().find(|line| line.contains("DATA RACE"));
    let out = format!("{}\n", warning.unwrap_or("no race was seen"));
    Ok(Said { out, err })
}

fn scripts(name: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder().join(name)).expect("the folder is there");
    entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().expect("a script has a name");
    name.to_string_lossy().into_owned()
}
