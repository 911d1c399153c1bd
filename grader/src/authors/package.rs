//! Packages that a teacher gives to another system so that it grades with this course.
//! They are made from the templates in `grader/packages/` and the course itself.
//!
//! Nothing here runs anything. A package holds a fixed list of files, never everything
//! in the folder: a class's submissions may lie in the course's folder too.

mod assignment;
mod github;
mod gradescope;
mod parts;

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::course::language::Language;
use crate::drills;

pub use assignment::{AssignmentError, drill_of};
pub use github::workflow;
pub use gradescope::{autograder, made_for};
pub use parts::{PARTS, files};

/// How the package will grade.
#[derive(Clone, Debug)]
pub struct Packing {
    /// The drills' slugs; plain letters, for they go into scripts.
    pub drills: Vec<String>,
    /// The language that the class writes in; without it, the hand-in says which.
    pub language: Option<Language>,
    /// Further options of `grade`, written as in a script.
    pub options: Vec<String>,
}

/// Why nothing could be packed.
#[derive(Debug, Error)]
pub enum PackageError {
    /// A file that cannot be read or written.
    #[error("cannot read or write `{}`: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The archive cannot be made.
    #[error("cannot make the archive: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// A name that would mean something else in its file.
    #[error("`{0}` cannot be used in a workflow; {1}")]
    Name(String, &'static str),
}

impl Packing {
    /// The languages besides Rust that the drills can be written in.
    fn others(&self) -> impl Iterator<Item = Language> {
        Language::interpreted().filter(|language| {
            let mut drills = self.drills.iter().filter_map(|slug| drills::find(slug));
            drills.any(|drill| drills::is_in(drill, *language))
        })
    }

    /// Debian's packages for them.
    fn debian(&self) -> Vec<&'static str> {
        self.others().map(debian).collect()
    }

    /// Commands that grade the reference of each drill in each of them: a line each.
    fn checks(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for slug in &self.drills {
            let drill = drills::find(slug);
            let is_there = |it: &Language| drill.is_some_and(|drill| drills::is_in(drill, *it));
            for language in self.others().filter(is_there) {
                let (place, file) = (language.of_drill(slug), language.reference());
                lines.push(format!("grade {slug} solutions/{place}/{file}"));
            }
        }
        lines
    }

    /// A template, filled in with the drill and the options.
    fn fill(&self, template: &str) -> String {
        let packages: String = self.debian().iter().map(|it| format!(" {it}")).collect();
        let options = match &*self.options {
            [] => String::new(),
            options => format!("{} ", options.join(" ")),
        };
        let degraded = self.options.iter().any(|it| it == "--allow-degraded");
        template
            .replace("@DRILL@", self.drills.first().map_or("", |first| first))
            .replace("@DRILLS@", &self.drills.join(" "))
            .replace("@DEGRADED@", if degraded { "yes" } else { "no" })
            .replace("@OPTIONS@ ", &options)
            .replace(" @PACKAGES@", &packages)
            .replace("@CHECKS@\n", &each(self.checks(), "target/grader/grader "))
            .replace(
                "@CHECKS_BELOW@\n",
                &each(self.checks(), "          ./target/grader/grader "),
            )
            .replace("@NEWER@\n", &each(self.others().filter_map(newer), ""))
    }
}

/// Lines that begin with these words.
fn each(lines: impl IntoIterator<Item = impl AsRef<str>>, begin: &str) -> String {
    let line = |line: &str| format!("{begin}{line}\n");
    lines.into_iter().map(|it| line(it.as_ref())).collect()
}

/// Debian's package for a language.
fn debian(language: Language) -> &'static str {
    match language {
        Language::Rust => "build-essential",
        Language::Python => "python3",
        Language::Node => "nodejs",
    }
}

/// What a system needs whose package of that name is too old, as shell.
fn newer(language: Language) -> Option<&'static str> {
    match language {
        Language::Rust => None,
        // Ubuntu 22.04 has a newer one beside it.
        Language::Python => Some(
            "python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||\n    \
             apt-get install --yes --no-install-recommends python3.11",
        ),
        // Ubuntu's is too old; this one is as its makers build it.
        Language::Node => Some(
            "node -e 'process.exit(parseInt(process.versions.node) < 20)' ||\n    \
             curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://nodejs.org/dist/v22.12.0/node-v22.12.0-linux-x64.tar.xz |\n    \
             tar --extract --xz --directory /usr/local --strip-components 1",
        ),
    }
}
