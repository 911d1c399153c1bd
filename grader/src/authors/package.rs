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

pub use assignment::{AssignmentError, drill_of};
pub use github::workflow;
pub use gradescope::{autograder, made_for};
pub use parts::{PARTS, files};

/// How the package will grade.
#[derive(Clone, Debug)]
pub struct Packing {
    /// The drills' slugs; plain letters, for they go into scripts.
    pub drills: Vec<String>,
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
    /// A template, filled in with the drill and the options.
    fn fill(&self, template: &str) -> String {
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
    }
}
