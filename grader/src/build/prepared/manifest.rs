//! The list of prepared files: each with its size, its time and its hash.
//!
//! Its main type is [`Manifest`]. Sizes and times are compared often; a file is read again
//! only when those differ, or when something went wrong with it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The files that workers are linked with, and the launcher.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Manifest(BTreeMap<PathBuf, Mark>);

#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    bytes: u64,
    /// In seconds and nanoseconds.
    modified: (i64, i64),
    sha256: String,
}

impl Manifest {
    /// Lists the crates in `deps`, the launcher and what else is `alone`, and the files beside
    /// the shared library.
    pub(super) fn of(deps: &Path, alone: &[&Path], shared: Option<&Path>) -> io::Result<Manifest> {
        let mut marks = BTreeMap::new();
        let beside = shared.and_then(Path::parent);
        for folder in [Some(deps), beside].into_iter().flatten() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                let is_crate = ["rlib", "rmeta", "so"].map(OsStr::new);
                if path.extension().is_some_and(|it| is_crate.contains(&it)) {
                    marks.insert(path.clone(), Mark::of(&path)?);
                }
            }
        }
        for path in alone {
            marks.insert((*path).to_owned(), Mark::of(path)?);
        }
        Ok(Manifest(marks))
    }

    /// The first file that has changed.
    pub(super) fn damage(&mut self, thorough: bool) -> Option<PathBuf> {
        let mut marks = self.0.iter_mut();
        marks.find_map(|(path, mark)| (!mark.is_of(path, thorough)).then(|| path.clone()))
    }
}

impl Mark {
    fn of(path: &Path) -> io::Result<Mark> {
        let meta = fs::metadata(path)?;
        let mut hash = Sha256::new();
        io::copy(&mut File::open(path)?, &mut Hashing(&mut hash))?;
        Ok(Mark {
            bytes: meta.len(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            sha256: hash
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        })
    }

    /// Whether the file is the one that was listed. A mere copy is listed anew, so
    /// that it is read only once.
    fn is_of(&mut self, path: &Path, thorough: bool) -> bool {
        let Ok(meta) = fs::metadata(path) else {
            return false;
        };
        let same_time = self.modified == (meta.mtime(), meta.mtime_nsec());
        if self.bytes != meta.len() || (same_time && !thorough) {
            return self.bytes == meta.len();
        }
        let now = Mark::of(path).ok();
        let Some(now) = now.filter(|now| now.sha256 == self.sha256) else {
            return false;
        };
        *self = now;
        true
    }
}

/// A manifest that several owners share, in JSON.
pub(super) mod kept {
    use std::sync::{Arc, Mutex};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Manifest;

    pub(in super::super) fn serialize<S: Serializer>(
        manifest: &Mutex<Manifest>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        manifest.serialize(to)
    }

    pub(in super::super) fn deserialize<'a, D: Deserializer<'a>>(
        from: D,
    ) -> Result<Arc<Mutex<Manifest>>, D::Error> {
        Manifest::deserialize(from).map(|manifest| Arc::new(Mutex::new(manifest)))
    }
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_file_counts_as_damaged_when_its_bytes_are_others() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let deps = folder.path().join("deps");
        fs::create_dir(&deps)?;
        let (launcher, rlib) = (folder.path().join("launcher"), deps.join("liba.rlib"));
        fs::write(&launcher, "launcher")?;
        fs::write(&rlib, "crate")?;
        fs::write(deps.join("a.d"), "not one of them")?;
        let mut manifest = Manifest::of(&deps, &[&launcher], None)?;
        assert_eq!(manifest.0.len(), 2);
        assert_eq!(manifest.damage(true), None);

        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let touch = |seconds| {
            File::options()
                .write(true)
                .open(&rlib)?
                .set_modified(at(seconds))
        };
        // Another time, and the same bytes: from then on that is its time.
        touch(5)?;
        assert_eq!(manifest.damage(false), None);
        assert_eq!(manifest.0[&rlib].modified, (5, 0));

        // The same size and time.
        fs::write(&rlib, "crat\0")?;
        touch(5)?;
        assert_eq!(manifest.damage(false), None);
        assert_eq!(manifest.damage(true), Some(rlib.clone()));
        // The same size.
        touch(6)?;
        assert_eq!(manifest.damage(false), Some(rlib.clone()));
        for text in ["", "crate and more"] {
            fs::write(&rlib, text)?;
            touch(5)?;
            assert_eq!(manifest.damage(false), Some(rlib.clone()), "{text:?}");
        }
        fs::remove_file(&rlib)?;
        assert_eq!(manifest.damage(false), Some(rlib));
        Ok(())
    }
}
