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

use thiserror::Error;

use crate::build::cargo::{self, Unbuildable};
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
    /// The same, and no cargo could.
    #[error("cannot build the book: cargo could not compile mdBook ({how}): {why}")]
    Unbuildable {
        /// How it failed.
        how: String,
        /// Why nothing else can be expected. It is in the text already, so it is not a source.
        why: Unbuildable,
    },
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

/// What the program is compiled from, in the order in which it prints them.
const SOURCES: [&str; 3] = [
    "Cargo.lock",
    "grader/book-builder/Cargo.toml",
    "grader/book-builder/src/main.rs",
];

/// The program that builds a book.
#[derive(Debug)]
pub struct Program(PathBuf);

impl Program {
    /// The program of `course`, compiled now if there is none that was compiled from the course's
    /// sources. A course without them has its book built by the program beside this one.
    ///
    /// # Errors
    /// When it cannot be compiled.
    pub fn get(course: &Course, audience: Audience<'_>) -> Result<Program, BookError> {
        let beside = env::current_exe().unwrap_or_default();
        let beside = beside.with_file_name(BUILDER);
        let sources = SOURCES.map(|source| fs::read(course.root().join(source)));
        let Ok(sources) = sources.into_iter().collect::<io::Result<Vec<_>>>() else {
            return Ok(Program(beside));
        };
        let own = course.target().join("grader").join(BUILDER);
        for program in [&own, &beside] {
            if is_from(program, &sources.concat()) {
                return Ok(Program(program.clone()));
            }
        }
        compile(course, audience)?;
        Ok(Program(own))
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

/// Whether a program is there and was compiled from these sources. Times say little: a copy of
/// the course is newer than what was compiled from the same texts.
fn is_from(program: &Path, sources: &[u8]) -> bool {
    let said = Command::new(program)
        .arg("--sources")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    said.is_ok_and(|said| said.status.success() && said.stdout == sources)
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
    compiled
        .map(drop)
        .map_err(|how| match Unbuildable::why(course.root()) {
            Some(why) => BookError::Unbuildable { how, why },
            None => BookError::Cargo(how),
        })
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
    use super::*;

    #[test]
    fn a_program_that_was_compiled_from_other_texts_is_not_taken() {
        // It prints what it is called with.
        let echo = Path::new("/bin/echo");
        assert!(is_from(echo, b"--sources\n"));
        assert!(!is_from(echo, b"--sources of another lockfile\n"));
        assert!(!is_from(Path::new("/bin/false"), b""));
        assert!(!is_from(Path::new("/bin/no-such-program"), b""));
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
