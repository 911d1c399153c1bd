//! Runs a command as an ordinary user, also if root runs the tests.
//!
//! Root's own folders are closed to others. So the command gets a view of the file
//! system in which the folders it needs are open, and which ends with it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// "Nobody", as every Linux system calls it.
pub(crate) const NOBODY: u32 = 65_534;

/// Whether the tests are run by root.
pub(crate) fn are_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Reports that something was not tried here, even if a test's own output is captured:
/// a test that tries nothing must not look like one that does.
pub(crate) fn not_tried(what: &str, why: &str) {
    let _ = io::stderr().write_all(format!("not tried: {what}: {why}\n").as_bytes());
}

/// Why root cannot try something as an ordinary user, if it cannot.
pub(crate) const NO_MOUNTS: &str = "root may not mount here";

/// Runs `command` as the user nobody, who can reach `needed`. `None` if root is
/// not allowed to arrange that.
pub(crate) fn run(mut command: Command, needed: &[PathBuf]) -> Option<Output> {
    command.uid(NOBODY).gid(NOBODY);
    let closed: Vec<PathBuf> = needed.iter().filter_map(|path| closed_part(path)).collect();
    // Seen from here it stays empty, so it can be removed.
    let held = tempfile::tempdir().expect("there is space");
    // A thread's view of the file system is its own, and its children's.
    let thread = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                if !closed.is_empty() {
                    open(&closed, needed, held.path()).ok()?;
                }
                Some(command.output().expect("it can be started"))
            })
            .join()
    });
    thread.expect("arranging it does not panic")
}

/// The first folder on the way to `path` that others cannot enter.
fn closed_part(path: &Path) -> Option<PathBuf> {
    let mut folders: Vec<&Path> = path.ancestors().collect();
    folders.reverse();
    let closed = |folder: &&&Path| {
        let mode = fs::metadata(folder).map_or(0, |found| found.permissions().mode());
        mode & 0o001 == 0
    };
    folders
        .iter()
        .find(closed)
        .map(|folder| folder.to_path_buf())
}

fn open(closed: &[PathBuf], needed: &[PathBuf], held: &Path) -> io::Result<()> {
    let none: Option<&str> = None;
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    let hold = |number: usize| held.join(number.to_string());
    let bind = MsFlags::MS_BIND | MsFlags::MS_REC;
    for (number, path) in needed.iter().enumerate() {
        fs::create_dir(hold(number))?;
        mount(Some(path), &hold(number), none, bind, none)?;
    }
    for (number, folder) in closed.iter().enumerate() {
        if !closed[..number].contains(folder) {
            mount(
                Some("none"),
                folder,
                Some("tmpfs"),
                MsFlags::empty(),
                Some("mode=755"),
            )?;
        }
    }
    for (number, path) in needed.iter().enumerate() {
        if closed.iter().any(|folder| path.starts_with(folder)) {
            fs::create_dir_all(path)?;
            mount(Some(&hold(number)), path, none, bind, none)?;
        }
    }
    Ok(())
}
