//! The sandbox: what a process that deals with strangers' code may do.
//!
//! Its main type is [`Policy`], written by the grader and put in force by the
//! launcher, a program of its own: it restricts itself, single-threaded, and then
//! becomes rustc or a worker. `calls.rs` and [`Policy`] are what to review.
//!
//! | | compiling: rustc and the linker | running: a submission |
//! |---|---|---|
//! | read | toolchain's and prepared crates, its job; to link, the toolchain, the linker and the system's libraries | nothing |
//! | write | its job's output | nothing |
//! | see (`stat`) | the same, in a mount namespace; else names only | nothing |
//! | start programs | toolchain and linker | none: ends it |
//! | network | none | none: ends it |
//! | other processes | none; no leaving the process group | none: ends it |
//! | system calls | all but `calls::NEVER` | only `calls::ALLOWED` |
//! | user | one of its own where the grader is root | the same |
//! | memory, CPU, threads, files | [`Allowance`] | [`Allowance`] |
//!
//! A submission is linked with the puppet, so a worker is restricted twice: by the
//! launcher before its program starts, as far as a program can still start, and by
//! `seal`, the puppet's first act, for good. No line of a submission runs before `main`:
//! the attributes that could do so (`link_section`, `no_mangle`) are spelt with `unsafe`.

mod policy;
pub use policy::{Allowance, FAILED, OPEN, Policy, SEALED, SEALED_WHERE_POSSIBLE, Stage};

#[cfg(all(target_os = "linux", feature = "enforce"))]
mod attempts;
#[cfg(all(target_os = "linux", feature = "enforce"))]
pub mod calls;
#[cfg(all(target_os = "linux", feature = "enforce"))]
mod files;
#[cfg(all(target_os = "linux", feature = "enforce"))]
mod filters;
#[cfg(all(target_os = "linux", feature = "enforce"))]
mod launch;
#[cfg(all(target_os = "linux", feature = "enforce"))]
mod namespaces;
#[cfg(all(target_os = "linux", feature = "enforce"))]
mod raw;
#[cfg(all(target_os = "linux", feature = "enforce"))]
mod seal;

#[cfg(all(target_os = "linux", feature = "enforce"))]
pub use launch::main;
#[cfg(all(target_os = "linux", feature = "enforce"))]
pub use seal::{seal, seal_as_library};

/// Without a sandbox for this system there is nothing to seal.
///
/// # Errors
/// When the sandbox was demanded.
#[cfg(all(not(target_os = "linux"), feature = "enforce"))]
pub fn seal(how: Option<&str>) -> std::io::Result<()> {
    match how {
        Some(SEALED) => Err(std::io::Error::other("no sandbox on this system")),
        _ => Ok(()),
    }
}

/// Without a sandbox for this system there is nothing to seal.
#[cfg(all(not(target_os = "linux"), feature = "enforce"))]
pub fn seal_as_library(_: Option<&str>) {}

/// Without a sandbox for this system there is nothing to launch.
#[cfg(all(not(target_os = "linux"), feature = "enforce"))]
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(FAILED)
}
