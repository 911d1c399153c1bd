//! A policy: everything the launcher is told. The launcher decides nothing itself.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The launcher's exit code when it could not put a policy in force and has
/// started nothing. Neither rustc nor a worker that waits for orders ends with it.
pub const FAILED: u8 = 97;

/// A worker's first argument: seal, or end.
pub const SEALED: &str = "sealed";

/// A worker's first argument: seal as far as the system can.
pub const SEALED_WHERE_POSSIBLE: &str = "sealed-where-possible";

/// A worker's first argument: seal nothing, for there is no sandbox.
pub const OPEN: &str = "open";

/// Which of the two kinds of process it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// rustc and the linker, reading a stranger's text.
    Compile,
    /// A worker: a stranger's code.
    Run,
}

/// What one process, and every process it starts, may do. All paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What kind of process it is.
    pub stage: Stage,
    /// Whether to start nothing when Landlock or seccomp is not available.
    pub strict: bool,
    /// Files and folders that may be read and executed.
    pub execute: Vec<PathBuf>,
    /// Files and folders that may be read.
    pub read: Vec<PathBuf>,
    /// Folders in which files may be made and changed.
    pub write: Vec<PathBuf>,
    /// An empty folder over which a file system with nothing but these is built,
    /// where mount namespaces work. `None`: the whole tree of names stays visible.
    pub root: Option<PathBuf>,
    /// The user and group to become when started by root.
    pub user: u32,
    /// What it may use of the machine.
    pub limits: Allowance,
    /// The program.
    pub program: PathBuf,
    /// What it is called by, where it must know its own place; a worker is `worker`.
    #[serde(default)]
    pub name: Option<String>,
    /// Its arguments, without its name.
    pub arguments: Vec<String>,
    /// Whether it is given the filters of the seal as further arguments: each is a program
    /// for seccomp, in hexadecimal digits. For a worker that is not linked with `seal`.
    #[serde(default)]
    pub hands_filters: bool,
    /// A library that the program loads to be sealed: it is copied into memory, because its
    /// file may be out of the program's reach, and the copy's path is the last argument.
    #[serde(default)]
    pub hands_library: Option<PathBuf>,
    /// Its whole environment.
    pub environment: Vec<(String, String)>,
    /// The folder it starts in.
    pub folder: PathBuf,
}

/// What each process may use of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// CPU time in seconds. One second later the kernel ends it for certain.
    pub cpu_seconds: u64,
    /// Address space, in bytes.
    pub address_bytes: u64,
    /// Memory that can be written to, in bytes: the heap and the threads' stacks.
    pub data_bytes: u64,
    /// The size of a file, in bytes.
    pub file_bytes: u64,
    /// Open files.
    pub files: u64,
    /// Threads and processes of its user, including itself.
    pub threads: u64,
}
