//! What a learner handed in, as text in memory: the Rust files under `src/`, bounded in number and size.
//!
//! [`Submission::read`] takes a crate folder, one `.rs` file, a `.tar.gz` or a `.zip`, all of them untrusted.
//! Nothing else of theirs is ever read (no manifest, no build script), no link is followed, nothing is
//! unpacked to disk, and no size a header states is believed. Who is at fault is in the error: see
//! [`SubmissionError::is_rejection`].

mod archive;
mod caps;
mod error;
mod folder;
mod layout;
mod name;
mod single;
mod sources;
mod tarball;
mod zipped;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub use caps::Caps;
pub use error::{Fault, SubmissionError};

use sources::Tree;

/// Where the root file of a crate is, and where a lone `.rs` file counts as being.
const CRATE_ROOT: &str = "src/lib.rs";

/// What a learner handed in: the Rust files under `src/`, read and bounded; nothing else of theirs is ever looked at.
#[derive(Debug, Clone)]
pub struct Submission {
    path: PathBuf,
    tree: Tree,
    sha256: String,
}

impl Submission {
    /// Reads a crate folder (only `src/**/*.rs`), a single `.rs` file, a `.tar.gz`/`.tgz` or a `.zip`, within [`Caps::default`].
    ///
    /// # Errors
    /// As [`Submission::read_with`].
    pub fn read(path: &Path) -> Result<Submission, SubmissionError> {
        Submission::read_with(path, &Caps::default())
    }

    /// Reads `path` within `caps`. `path` itself may be a link; nothing below it may.
    ///
    /// # Errors
    /// [`SubmissionError::Rejected`] when what was handed in is at fault, any other kind when `path` is.
    pub fn read_with(path: &Path, caps: &Caps) -> Result<Submission, SubmissionError> {
        let met = fs::metadata(path).map_err(|why| SubmissionError::at(path, why))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_ascii_lowercase();
        let tree = if met.is_dir() {
            folder::read(path, caps)?
        } else if name.ends_with(".rs") {
            single::read(path, caps)?
        } else if let Some(format) = archive::Format::named(&name) {
            archive::read(path, format, caps)?
        } else {
            return Err(SubmissionError::unknown_kind(path));
        };
        Ok(Submission {
            path: path.to_path_buf(),
            sha256: sha256(&tree),
            tree,
        })
    }

    /// The path it was read from, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file rustc starts from, a key of [`files`](Self::files): `src/lib.rs`, or a lone `.rs` file's own name in
    /// plain characters.
    pub fn root_file(&self) -> &str {
        &self.tree.root
    }

    /// Relative path, with `/` and no `.`, `..` or link in it, to text.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.tree.files
    }

    /// The same, with a lone `.rs` file called `src/lib.rs`, as it is in a crate folder. Submissions of one hash then
    /// are alike in all that rustc is shown.
    #[must_use]
    pub fn as_crate(mut self) -> Submission {
        if let Some(text) = self.tree.files.remove(&self.tree.root) {
            CRATE_ROOT.clone_into(&mut self.tree.root);
            self.tree.files.insert(CRATE_ROOT.to_owned(), text);
        }
        self
    }

    /// 64 lower-case hex digits over every path and text. A lone `.rs` file has the hash of a crate whose
    /// `src/lib.rs` it is, so the same code has the same hash whichever way it comes.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Writes the files below `dir`, which must be the caller's own folder.
    ///
    /// # Errors
    /// Any the file system has; `AlreadyExists` where a file is in the way, as nothing is overwritten.
    pub fn write_to(&self, dir: &Path) -> io::Result<()> {
        for (path, text) in &self.tree.files {
            let path = dir.join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::File::create_new(path)?.write_all(text.as_bytes())?;
        }
        Ok(())
    }
}

/// Lengths go in before the bytes they measure, so no two different trees feed the hash the same bytes.
fn sha256(tree: &Tree) -> String {
    let mut hash = Sha256::new();
    for (path, text) in &tree.files {
        let path = if *path == tree.root { CRATE_ROOT } else { path };
        for part in [path, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(root: &str, files: &[(&str, &str)]) -> String {
        sha256(&Tree {
            root: root.to_owned(),
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        })
    }

    #[test]
    fn a_lone_file_has_the_hash_of_a_crate_with_that_root() {
        assert_eq!(
            hash_of("hw1.rs", &[("hw1.rs", "fn a() {}")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "fn a() {}")]),
        );
    }

    #[test]
    fn moving_bytes_between_a_path_and_its_text_changes_the_hash() {
        let trees = [
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "ab"), ("src/x.rs", "c")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "a"), ("src/x.rs", "bc")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "ab"), ("src/x.rsc", "")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "absrc/x.rsc")]),
        ];
        for (at, hash) in trees.iter().enumerate() {
            assert_eq!(hash.len(), 64);
            assert!(!trees[..at].contains(hash), "{trees:?}");
        }
    }

    #[test]
    fn the_hash_is_the_one_written_down() {
        // A change here makes every stored verdict's hash stale: know that you do it.
        assert_eq!(
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "fn a() {}\n")]),
            "18109a02d30997b0830f918d9a62e673db467b88a9820b4af4f4c1173bce2511",
        );
    }
}
