//! What a worker is: which program is started, with what, and what it is told first. Its
//! main type is [`Program`]. A worker of Rust is one file; one of another language is its
//! interpreter and the text it runs.

use std::path::{Path, PathBuf};

/// A worker that can be started.
#[derive(Clone, Debug)]
pub struct Program {
    /// The file that is executed.
    pub path: PathBuf,
    /// Its arguments, before those that every worker gets.
    pub arguments: Vec<String>,
    /// Its environment, besides what every worker has.
    pub environment: Vec<(String, String)>,
    /// What it reads until it seals itself, besides what every worker may.
    pub reads: Vec<PathBuf>,
    /// What it is sent before anything else, one line; nothing if it is empty.
    pub prelude: Vec<u8>,
    /// Whether it is an interpreter: then it has to know its own place, and puts the
    /// filters of the seal in force that the launcher hands it.
    pub is_interpreter: bool,
    /// The library that an interpreter loads for this instead, if it cannot by itself.
    pub seal: Option<PathBuf>,
    /// Whether code that fails outside any call ends its process, as a rejection that nobody
    /// handles does in Node.
    pub ends_when_broken: bool,
}

impl Program {
    /// The file that is executed.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl From<&Path> for Program {
    /// A program that needs nothing but itself.
    fn from(path: &Path) -> Program {
        Program {
            path: path.to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            reads: Vec::new(),
            prelude: Vec::new(),
            is_interpreter: false,
            seal: None,
            ends_when_broken: false,
        }
    }
}
