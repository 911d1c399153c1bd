//! Ctrl-C: ends every process we started and removes what is temporary.
//!
//! Submissions run in process groups of their own, so the terminal's signal does
//! not reach them; and temporary folders outlive a process that is killed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal};

static ALIVE: Mutex<Alive> = Mutex::new(Alive {
    groups: BTreeSet::new(),
    folders: BTreeSet::new(),
});

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The action that is done last.
static LAST: Mutex<Option<Box<dyn Fn() + Send>>> = Mutex::new(None);

struct Alive {
    groups: BTreeSet<u32>,
    folders: BTreeSet<PathBuf>,
}

impl Alive {
    fn clean_up(&self) {
        for group in &self.groups {
            kill_group(*group);
        }
        for folder in &self.folders {
            // Best effort: a folder that cannot be removed is in `target/` and harmless.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn alive() -> MutexGuard<'static, Alive> {
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The exit code that shells give a program ended by Ctrl-C.
pub const EXIT_CODE: u8 = 130;

/// From now on Ctrl-C, SIGTERM and SIGHUP clean up before they end the program.
///
/// # Errors
/// When the system refuses the handler.
pub fn install() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        // This comes first: from now on, a process that ends may have been ended by us.
        INTERRUPTED.store(true, Ordering::SeqCst);
        end(EXIT_CODE);
    })
}

/// How long the last action may take. Its reader may have stopped reading, and writing to
/// a full pipe blocks. A batch's overseer waits here for the batch.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the last action. Neither a panic nor a slow reader keeps us here.
fn last_words() {
    let (done, is_done) = mpsc::channel::<()>();
    let said = std::thread::Builder::new().spawn(move || {
        // Dropped however this ends.
        let _done = done;
        if let Some(last) = &*LAST.lock().unwrap_or_else(PoisonError::into_inner) {
            last();
        }
    });
    if said.is_ok() {
        // Either way the time is over.
        let _ = is_done.recv_timeout(PATIENCE);
    }
}

/// Ends the program like Ctrl-C, but with a code of one's own.
pub fn end(code: u8) -> ! {
    // Held until the end, so that nothing new is started meanwhile.
    let alive = alive();
    alive.clean_up();
    last_words();
    std::process::exit(i32::from(code));
}

/// Ends every process that was started, and removes what is temporary: the program is about to
/// end with an error.
pub fn clean_up() {
    alive().clean_up();
}

/// Whether Ctrl-C has come. A process that ends after that may have been ended by us,
/// so its end proves nothing.
pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs `last` after Ctrl-C, when everything else is cleaned up.
pub fn at_last(last: impl Fn() + Send + 'static) {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(last));
}

/// A process group that Ctrl-C must end; forgotten when this is dropped.
#[derive(Debug)]
pub struct Group(u32);

impl Group {
    /// The group that process `pid` leads.
    pub fn of(pid: u32) -> Group {
        alive().groups.insert(pid);
        Group(pid)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        alive().groups.remove(&self.0);
    }
}

/// A new folder below `parent`, removed when this is dropped and on Ctrl-C.
#[derive(Debug)]
pub struct Folder {
    folder: tempfile::TempDir,
    /// Held as long as we live: a free lock means that nobody uses the folder.
    _lock: File,
}

impl Folder {
    /// Makes one, and `parent` if it is missing.
    ///
    /// # Errors
    /// When there is no space, or one may not write there.
    pub fn below(parent: &Path) -> std::io::Result<Folder> {
        fs::create_dir_all(parent)?;
        let folder = tempfile::Builder::new().prefix("job-").tempdir_in(parent)?;
        let lock = File::open(folder.path())?;
        lock.lock()?;
        alive().folders.insert(folder.path().to_owned());
        Ok(Folder {
            folder,
            _lock: lock,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders below `parent` that graders left behind when they were killed.
pub fn sweep(parent: &Path) {
    // A new folder may not have its lock yet.
    let is_old = |path: &Path| {
        let modified = fs::metadata(path).and_then(|meta| meta.modified());
        modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age.as_secs() > 60))
    };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_free = || File::open(&path).is_ok_and(|folder| folder.try_lock().is_ok());
        if entry.file_name().to_string_lossy().starts_with("job-") && is_old(&path) && is_free() {
            // A folder that cannot be removed only takes up space.
            let _ = fs::remove_dir_all(&path);
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        alive().folders.remove(self.folder.path());
    }
}

/// Ends every process of a group; a process that is gone already is no error.
pub(crate) fn kill_group(pid: u32) {
    if let Some(group) = Pid::from_raw(pid.cast_signed()) {
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
}
