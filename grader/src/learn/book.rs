//! The book of a course, made by a program of its own: mdBook with all it brings is much to
//! compile, and grading needs none of it.
//!
//! Its main type is [`Program`].

use std::env;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use thiserror::Error;

use crate::build::cargo;
use crate::build::progress::Audience;
use crate::course::Course;
use crate::drive::interrupt::Group;
use crate::drive::toolchain::{Toolchain, ToolchainError};
use play::text::one_line;

/// Why there is no book.
#[derive(Debug, Error)]
pub enum BookError {
    /// The files do not make a book.
    #[error("cannot build the book: {0}; is the course complete?")]
    Pages(String),
    /// The program that builds it cannot be compiled.
    #[error(
        "cannot build the book: cargo could not compile mdBook ({0}); the first time it needs the network"
    )]
    Cargo(String),
    /// There is no toolchain to compile it with.
    #[error("cannot build the book: {0}")]
    Toolchain(#[from] ToolchainError),
    /// The program cannot be started.
    #[error("cannot build the book with `{}`: {why}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why not. It is in the text already, so it is not a source.
        why: io::Error,
    },
}

/// The package, and its program.
const BUILDER: &str = "book-builder";

/// What the program is compiled from, besides crates of others.
const SOURCES: [&str; 3] = [
    "Cargo.lock",
    "grader/book-builder/Cargo.toml",
    "grader/book-builder/src/main.rs",
];

/// The program that builds a book.
#[derive(Debug)]
pub struct Program(PathBuf);

impl Program {
    /// The program of `course`, compiled now if it is missing or older than its sources. A
    /// course without them has its book built by the program beside this one.
    ///
    /// # Errors
    /// When it cannot be compiled.
    pub fn get(course: &Course, audience: Audience<'_>) -> Result<Program, BookError> {
        let sources = SOURCES.map(|source| course.root().join(source));
        if !sources.iter().all(|source| source.is_file()) {
            let here = env::current_exe().unwrap_or_default();
            return Ok(Program(here.with_file_name(BUILDER)));
        }
        let program = course.target().join("grader").join(BUILDER);
        if !is_current(&program, &sources) {
            compile(course, audience)?;
        }
        Ok(Program(program))
    }

    /// Builds the book of `course` into `out`, which is emptied first, or into the folder
    /// that `book.toml` names. Settings are also read from `MDBOOK_…` in the environment.
    ///
    /// # Errors
    /// When a page is missing or cannot be written.
    pub fn build(&self, course: &Course, out: Option<&Path>) -> Result<(), BookError> {
        let start = |why| BookError::Start {
            program: self.0.clone(),
            why,
        };
        let mut command = Command::new(&self.0);
        command
            .arg(course.root())
            .args(out)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0);
        let child = command.spawn().map_err(start)?;
        let _group = Group::of(child.id());
        let output = child.wait_with_output().map_err(start)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(BookError::Pages(match said.trim() {
            "" => output.status.to_string(),
            said => one_line(said, 2_000),
        }))
    }
}

/// Whether a program is there and no older than what it is made from.
fn is_current(program: &Path, sources: &[PathBuf]) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|it| it.modified()).ok();
    let is_no_later =
        |built: SystemTime| move |source: &PathBuf| time(source).is_some_and(|it| it <= built);
    time(program).is_some_and(|built| sources.iter().all(is_no_later(built)))
}

/// Compiles the program with what this one was compiled with.
fn compile(course: &Course, audience: Audience<'_>) -> Result<(), BookError> {
    let toolchain = Toolchain::find(course.root())?;
    let mut command = Command::new(toolchain.cargo());
    command
        .args(["build", "--profile", "grader", "--package", BUILDER])
        .args(["--config", "profile.grader.incremental=false"])
        .current_dir(course.root())
        .env("RUSTC", toolchain.rustc())
        .stdin(Stdio::null());
    let words = [
        "compiling mdBook, which builds the book; this happens once",
        "compiled",
    ];
    let compiled = cargo::run(command, audience, words);
    let compiled = compiled.map_err(|error| BookError::Cargo(error.to_string()))?;
    compiled.map(drop).map_err(BookError::Cargo)
}

/// The book's title; empty if it has none.
pub fn title(course: &Course) -> String {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Settings {
        book: Named,
    }
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Named {
        title: String,
    }
    let text = std::fs::read_to_string(course.root().join("book.toml")).unwrap_or_default();
    let settings: Settings = toml::from_str(&text).unwrap_or_default();
    settings.book.title
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_program_that_is_older_than_one_of_its_sources_is_compiled_again() {
        let folder = tempfile::tempdir().expect("there is space");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let put = |name: &str, ago: u64| {
            let path = folder.path().join(name);
            let file = fs::File::create(&path).expect("it is ours");
            let time = now - Duration::from_secs(ago);
            file.set_modified(time).expect("it is ours");
            path
        };
        let sources = [put("old", 60), put("new", 30)];
        assert!(is_current(&put("newer", 20), &sources));
        assert!(is_current(&put("as_new", 30), &sources));
        assert!(!is_current(&put("between", 40), &sources));
        assert!(!is_current(&folder.path().join("missing"), &sources));
    }

    #[test]
    fn a_book_that_cannot_be_built_says_why() {
        let course = Course::find(None, Path::new(env!("CARGO_MANIFEST_DIR")));
        let course = course.expect("the package lies in the course");
        let program = |name: &str| Program(PathBuf::from(name)).build(&course, None);
        let error = program("/bin/no-such-program").expect_err("there is none");
        let said = "cannot build the book with `/bin/no-such-program`: No such file or directory (os error 2)";
        assert_eq!(error.to_string(), said);
        let error = program("/bin/false").expect_err("it fails");
        let said = "cannot build the book: exit status: 1; is the course complete?";
        assert_eq!(error.to_string(), said);
    }
}
