//! The Rust toolchain: which rustc and cargo, by absolute path.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

use crate::drive::tight::advice;

/// rustc and cargo of one toolchain.
#[derive(Clone, Debug)]
pub struct Toolchain {
    rustc: PathBuf,
    cargo: PathBuf,
}

/// Why there is no toolchain to use.
#[derive(Debug, Error)]
pub enum ToolchainError {
    /// No rustc at all.
    #[error("no Rust toolchain found ({0}); install one with rustup, see https://rustup.rs")]
    Missing(String),
    /// There is one, and it does not start.
    #[error(
        "`{rustc}` fails ({why}); {}",
        advice("is a toolchain installed? See https://rustup.rs")
    )]
    Fails {
        /// How it was called.
        rustc: String,
        /// How it fails.
        why: String,
    },
}

impl Toolchain {
    /// The toolchain whose cargo runs us, or else that of the `rustc` on the PATH.
    ///
    /// rustup's own `rustc` is only a launcher that would cost every compilation
    /// some 20 ms; the real one is found through it.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(course: &Path) -> Result<Toolchain, ToolchainError> {
        let of_cargo = std::env::var_os("CARGO").map(PathBuf::from);
        if let Some(found) = of_cargo.and_then(|cargo| Toolchain::in_dir(cargo.parent()?)) {
            return Ok(found);
        }
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        let called = rustc.to_string_lossy().into_owned();
        let fails = |why: String| ToolchainError::Fails {
            rustc: called.clone(),
            why,
        };
        let missing = |why: String| ToolchainError::Missing(why);
        let output = Command::new(&rustc)
            .args(["--print", "sysroot"])
            .current_dir(course)
            .output()
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => missing(format!("`{called}`: {error}")),
                _ => fails(error.to_string()),
            })?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(fails(match text.trim() {
                "" => output.status.to_string(),
                text => play::text::one_line(text, 200),
            }));
        }
        let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        let bin = sysroot.join("bin");
        Toolchain::in_dir(&bin)
            .ok_or_else(|| missing(format!("nothing usable in `{}`", bin.display())))
    }

    fn in_dir(bin: &Path) -> Option<Toolchain> {
        let rustc = bin.join("rustc");
        let cargo = bin.join("cargo");
        (rustc.is_absolute() && rustc.is_file() && cargo.is_file())
            .then_some(Toolchain { rustc, cargo })
    }

    /// rustc, absolute.
    pub fn rustc(&self) -> &Path {
        &self.rustc
    }

    /// cargo, absolute.
    pub fn cargo(&self) -> &Path {
        &self.cargo
    }

    /// A fingerprint of the toolchain: its path, and the time and size of its
    /// rustc. Asking rustc itself would cost more than the rest of a warm start.
    pub fn fingerprint(&self) -> String {
        let facts = std::fs::metadata(&self.rustc)
            .ok()
            .map(|meta| (meta.len(), meta.modified().ok()));
        format!("{} {facts:?}", self.rustc.display())
    }
}
