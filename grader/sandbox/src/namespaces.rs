//! Namespaces: a network, a file system and names of its own. Added where they
//! work. Only one promise rests on them alone: that a submission cannot tell
//! which names exist outside.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{chdir, getegid, geteuid, pivot_root};

use crate::policy::Policy;

/// What became of the namespaces.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Namespaces {
    /// The user's processes are counted from zero.
    pub(crate) own_user: bool,
}

/// Enters the namespaces that the system allows.
pub(crate) fn enter(policy: &Policy) -> Namespaces {
    let mut wanted = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS;
    if policy.root.is_some() {
        wanted |= CloneFlags::CLONE_NEWNS;
    }
    let (user, group) = (geteuid(), getegid());
    let own_user = !user.is_root();
    if own_user {
        wanted |= CloneFlags::CLONE_NEWUSER;
    }
    if unshare(wanted).is_err() {
        return Namespaces::default();
    }
    if own_user {
        // On failure its user has no name here, which does no harm.
        let _ = fs::write("/proc/self/setgroups", "deny");
        let _ = fs::write("/proc/self/uid_map", format!("{user} {user} 1"));
        let _ = fs::write("/proc/self/gid_map", format!("{group} {group} 1"));
    }
    if let Some(root) = &policy.root {
        // Until its last steps it changes nothing visible.
        let _ = Root(root).build(policy);
    }
    Namespaces { own_user }
}

/// Builds a file system that holds only what the policy lists.
struct Root<'a>(&'a Path);

impl Root<'_> {
    fn build(&self, policy: &Policy) -> io::Result<()> {
        let none: Option<&str> = None;
        // Mounts made here are not visible outside.
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
        mount(
            Some("none"),
            self.0,
            Some("tmpfs"),
            flags,
            Some("mode=755,size=1m"),
        )?;
        // Programs find their libraries by `/proc/self/exe`. It is visible but cannot
        // be opened. It names rustc even in the programs that rustc starts.
        let always = ["/dev/null", "/proc/self"].map(PathBuf::from);
        let lists = [&policy.execute, &policy.read, &policy.write];
        for path in lists.into_iter().flatten().chain(&always) {
            self.show(path)?;
        }
        pivot_root(self.0, self.0)?;
        umount2("/", MntFlags::MNT_DETACH)?;
        Ok(chdir("/")?)
    }

    fn inside(&self, path: &Path) -> PathBuf {
        self.0.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Makes `path` exist in the new file system, a link as a link.
    fn show(&self, path: &Path) -> io::Result<()> {
        let Ok(real) = path.canonicalize() else {
            return Ok(());
        };
        let shown = self.inside(&real);
        if !shown.exists() {
            let folder = if real.is_dir() {
                Some(&*shown)
            } else {
                shown.parent()
            };
            folder.map_or(Ok(()), fs::create_dir_all)?;
            if !real.is_dir() {
                fs::File::create_new(&shown)?;
            }
        }
        let none: Option<&str> = None;
        let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
        mount(Some(&real), &shown, none, flags, none)?;
        let link = self.inside(path);
        if real != path && link.symlink_metadata().is_err() {
            link.parent().map_or(Ok(()), fs::create_dir_all)?;
            symlink(&real, link)?;
        }
        Ok(())
    }
}
