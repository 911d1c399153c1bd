//! The prepared dependencies: everything a worker is linked with but the
//! submission, built once and kept.
//!
//! Its main type is [`Prepared`]. The build is keyed by all that goes into it
//! (toolchain, lockfile, the worker's and the kit's source, the crates the drills
//! allow), so it is never stale. A lock lets one grader build while others wait. Damage
//! since then is noticed, by a list of sizes, times and hashes, and built again.

mod loaded;
mod manifest;
mod recipe;
pub(crate) mod shared;
mod tidy;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::cargo::Unbuildable;
use super::progress::Audience;
use crate::course::{Course, CourseError};
use crate::drive::toolchain::Toolchain;
use manifest::Manifest;
use recipe::Recipe;

/// Crates ready to be linked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Prepared {
    /// The rlib of each crate that can be named.
    externs: BTreeMap<String, PathBuf>,
    /// The folder of the crates that those need.
    deps: PathBuf,
    /// The program that puts a sandbox in force.
    launcher: PathBuf,
    /// The library by which a program that is not linked with the puppet is sealed.
    seal: PathBuf,
    /// All of them as one shared library.
    shared: Option<PathBuf>,
    /// The shared libraries that rustc loads.
    loaded: Vec<PathBuf>,
    /// All of these files, as they were built.
    #[serde(with = "manifest::kept")]
    manifest: Arc<Mutex<Manifest>>,
    /// Held while they are in use, so that nobody removes them.
    #[serde(skip)]
    spoilt: Option<Spoilt>,
    #[serde(skip)]
    _used: Option<Arc<File>>,
}

/// The two lock files: one is locked while building, the other while using the result.
const BUILT: &str = "lock";
const USED: &str = "used";

/// The list of everything that was built; written last.
const PREPARED: &str = "prepared.json";

/// Why nothing could be prepared.
#[derive(Debug, Error)]
pub enum PrepareError {
    /// Something is wrong with the course.
    #[error(transparent)]
    Course(#[from] CourseError),
    /// Files could not be read or written.
    #[error("cannot prepare the course's crates in `{}`: {source}; is there space, and may you write there?", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// cargo failed.
    #[error(
        "cargo could not build the course's crates ({0}); the first build needs the network and a C linker (on Debian: `apt install build-essential`)"
    )]
    Cargo(String),
    /// The same, and no cargo could.
    #[error("cargo could not build the course's crates ({how}): {why}")]
    Unbuildable {
        /// How it failed.
        how: String,
        /// Why nothing else can be expected. It is in the text already, so it is not a source.
        why: Unbuildable,
    },
}

impl Prepared {
    /// The prepared crates of `course`, built now if they are not there.
    ///
    /// # Errors
    /// When they cannot be built.
    pub fn get(course: &Course, toolchain: &Toolchain) -> Result<Prepared, PrepareError> {
        Prepared::get_for(course, toolchain, Audience::Terminal)
    }

    /// The same, telling `audience` of the progress.
    ///
    /// # Errors
    /// As [`Prepared::get`].
    pub fn get_for(
        course: &Course,
        toolchain: &Toolchain,
        audience: Audience<'_>,
    ) -> Result<Prepared, PrepareError> {
        let all = Recipe::of(course, toolchain, None)?;
        let said = course.target().join("grader").join(SPOILT);
        let spoilt = Spoilt::read(&said).filter(|it| it.key == all.key);
        if let Some(spoilt) = spoilt {
            let others = Recipe::of(course, toolchain, Some(&spoilt.slug))?;
            return Prepared::by(others, course, toolchain, audience).map(|it| it.lacking(spoilt));
        }
        let key = all.key.clone();
        let why = match Prepared::by(all, course, toolchain, audience) {
            Err(PrepareError::Cargo(why)) => why,
            otherwise => return otherwise,
        };
        if let Some(unbuildable) = Unbuildable::why(&course.target()) {
            return Err(PrepareError::Unbuildable {
                how: why,
                why: unbuildable,
            });
        }
        // One drill may ask for what cannot be had: then the others are graded all the same.
        for slug in course.slugs()? {
            if course.exercise(&slug).is_ok_and(|it| it.crates.is_empty()) {
                continue;
            }
            let others = Recipe::of(course, toolchain, Some(&slug))?;
            let quietly = Audience::Program(&mut |_| {});
            if let Ok(prepared) = Prepared::by(others, course, toolchain, quietly) {
                let spoilt = Spoilt { key, slug, why };
                spoilt.write(&said);
                return Ok(prepared.lacking(spoilt));
            }
        }
        Err(PrepareError::Cargo(why))
    }

    fn lacking(mut self, spoilt: Spoilt) -> Prepared {
        self.spoilt = Some(spoilt);
        self
    }

    /// Why a drill's submissions cannot be compiled, if that is so.
    pub fn spoilt(&self, slug: &str) -> Option<String> {
        let spoilt = self.spoilt.as_ref().filter(|it| it.slug == slug)?;
        Some(format!(
            "cargo cannot build what `crates` in `exercises/{slug}/exercise.toml` asks for: {}; mend that line",
            spoilt.why
        ))
    }

    fn by(
        recipe: Recipe,
        course: &Course,
        toolchain: &Toolchain,
        audience: Audience<'_>,
    ) -> Result<Prepared, PrepareError> {
        let dir = course
            .target()
            .join("grader")
            .join("prepared")
            .join(&recipe.key);
        if let Some(prepared) = Prepared::used(&dir).filter(Prepared::is_whole) {
            return Ok(prepared);
        }
        let failed = |source| PrepareError::Io {
            path: dir.clone(),
            source,
        };
        fs::create_dir_all(&dir).map_err(failed)?;
        let lock = File::create(dir.join(BUILT)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        // Another process may have built it while we waited.
        if let Some(prepared) = Prepared::used(&dir).filter(Prepared::is_whole) {
            return Ok(prepared);
        }
        clear(&dir).map_err(failed)?;
        let prepared = recipe.build(&dir, toolchain, audience)?;
        prepared.store(&dir).map_err(failed)?;
        remove_others(&dir);
        Ok(Prepared::used(&dir).unwrap_or(prepared))
    }

    /// The first file that has changed since it was built. A file of the same size
    /// and time is read only if `thorough` is set.
    pub fn damage(&self, thorough: bool) -> Option<PathBuf> {
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        manifest.damage(thorough)
    }

    fn is_whole(&self) -> bool {
        self.damage(false).is_none()
    }

    /// Builds damaged crates again. Returns whether everything is back in its place, so
    /// that `self` can be used again.
    ///
    /// # Errors
    /// As [`Prepared::get`].
    pub fn repair(
        &self,
        course: &Course,
        toolchain: &Toolchain,
        thorough: bool,
    ) -> Result<bool, PrepareError> {
        let get = || Prepared::get_for(course, toolchain, Audience::Program(&mut |_| {}));
        // Another process may have done it.
        let mut whole = get()?;
        if thorough && whole.damage(true).is_some() {
            // A build without a list is built again.
            let list = whole.folder().join(PREPARED);
            fs::write(&list, "damaged")
                .map_err(|source| PrepareError::Io { path: list, source })?;
            whole = get()?;
        }
        let in_place = self.externs == whole.externs
            && self.deps == whole.deps
            && self.launcher == whole.launcher
            && self.seal == whole.seal
            && self.shared == whole.shared;
        let locked = |of| Mutex::lock(of).unwrap_or_else(PoisonError::into_inner);
        let manifest = std::mem::take(&mut *locked(&whole.manifest));
        *locked(&self.manifest) = manifest;
        Ok(in_place)
    }

    /// The shared libraries that rustc itself loads; `None` if that is unknown.
    ///
    /// # Errors
    /// When rustc cannot be started.
    pub fn loaded_by_rustc(&self, toolchain: &Toolchain) -> io::Result<Vec<PathBuf>> {
        match self.loaded.iter().all(|path| path.is_file()) {
            true => Ok(self.loaded.clone()),
            // The system's libraries have changed.
            false => loaded::by(toolchain.rustc()),
        }
    }

    /// The rlib of a crate.
    pub fn rlib(&self, name: &str) -> Option<&Path> {
        self.externs.get(name).map(PathBuf::as_path)
    }

    /// A folder for measurements with them; a new build removes it.
    pub fn folder(&self) -> &Path {
        let up = self.deps.ancestors().nth(3);
        up.unwrap_or(&self.deps)
    }

    /// Where the crates that the named ones need are.
    pub fn deps(&self) -> &Path {
        &self.deps
    }

    /// The program that puts a sandbox in force.
    pub fn launcher(&self) -> &Path {
        &self.launcher
    }

    /// The library by which a program that is not linked with the puppet is sealed.
    pub fn seal(&self) -> &Path {
        &self.seal
    }

    /// The library that holds all of them and can be linked with instead, if the
    /// worker's user can read it.
    pub fn shared(&self) -> Option<&Path> {
        let library = self.shared.as_deref()?;
        let is_open = !rustix::process::geteuid().is_root() || shared::is_for_everybody(library);
        is_open.then_some(library)
    }

    /// The build in `dir`, kept there for as long as we use it.
    fn used(dir: &Path) -> Option<Prepared> {
        let path = dir.join(USED);
        // A user who may only read the course may use it as well.
        let used = File::open(&path).or_else(|_| File::create(&path)).ok();
        if let Some(used) = &used {
            used.lock_shared().ok()?;
        }
        let mut prepared = Prepared::load(dir)?;
        prepared._used = used.map(Arc::new);
        Some(prepared)
    }

    fn load(dir: &Path) -> Option<Prepared> {
        let text = fs::read(dir.join(PREPARED)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn store(&self, dir: &Path) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        serde_json::to_writer(&mut file, self)?;
        file.flush()?;
        // Everybody who may read the course may use its prepared crates.
        let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        file.as_file().set_permissions(readable)?;
        file.persist(dir.join(PREPARED))?;
        Ok(())
    }
}

/// Beside what was prepared: which drill asks for what cannot be had.
const SPOILT: &str = "spoilt.json";

/// A drill whose `crates` cannot be built.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Spoilt {
    /// Of the recipe with all that the course asks for.
    key: String,
    slug: String,
    /// In cargo's words.
    why: String,
}

impl Spoilt {
    fn read(path: &Path) -> Option<Spoilt> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    fn write(&self, path: &Path) {
        // If it cannot be kept, it is found out once more.
        let _ = serde_json::to_vec(self).map(|text| fs::write(path, text));
    }
}

/// Removes a damaged build in `dir`, because cargo trusts existing files. An unfinished
/// build is left, for cargo to continue.
fn clear(dir: &Path) -> io::Result<()> {
    let list = dir.join(PREPARED);
    if !list.exists() {
        return Ok(());
    }
    for folder in ["target", "shared"] {
        match fs::remove_dir_all(dir.join(folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::remove_file(list)
}

/// Removes builds for other keys, except those that a process is building or using now.
fn remove_others(dir: &Path) {
    let Some(Ok(entries)) = dir.parent().map(fs::read_dir) else {
        return;
    };
    for other in entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path != dir)
    {
        let taken = |name: &str| {
            let lock = File::open(other.join(name)).ok()?;
            lock.try_lock().ok().map(|()| lock)
        };
        // A build of an older grader has no mark of use.
        let unused = taken(USED);
        if taken(BUILT).is_some() && (unused.is_some() || !other.join(USED).exists()) {
            // A folder that cannot be removed only takes up space.
            let _ = fs::remove_dir_all(&other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_uses_is_not_removed() {
        let all = tempfile::tempdir().expect("there is space");
        let place = |name: &str| all.path().join(name);
        for name in ["mine", "used", "idle", "older"] {
            fs::create_dir(place(name)).expect("it is ours");
            File::create(place(name).join(BUILT)).expect("it is ours");
            fs::write(place(name).join("launcher"), "").expect("it is ours");
            let prepared = Prepared {
                externs: BTreeMap::new(),
                deps: place(name),
                launcher: place(name).join("launcher"),
                seal: place(name).join("libseal.so"),
                shared: None,
                loaded: Vec::new(),
                manifest: Arc::default(),
                spoilt: None,
                _used: None,
            };
            prepared.store(&place(name)).expect("it is ours");
        }
        let used = Prepared::used(&place("used")).expect("it is there");
        drop(Prepared::used(&place("idle")).expect("it is there"));
        remove_others(&place("mine"));
        let there = ["mine", "used", "idle", "older"].map(|name| place(name).exists());
        assert_eq!(there, [true, true, false, false]);
        drop(used);
        remove_others(&place("mine"));
        assert!(!place("used").exists());
    }
}
