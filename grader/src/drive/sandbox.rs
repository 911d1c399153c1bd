//! The sandbox, from the grader's side: how processes that deal with strangers'
//! code are started, and which promises this machine keeps.
//!
//! Its main type is [`Sandbox`]. The policies are in `policies.rs`, the tests of the
//! promises in `promises.rs`. The launcher puts a policy in force; it is a program of
//! its own (`grader/sandbox`), built with the prepared crates so that every user of this
//! library has it.

mod promise;

use std::io;
use std::os::unix::fs::lchown;
#[cfg(target_os = "linux")]
use std::os::unix::net::SocketAddr;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ::sandbox::{FAILED, OPEN, Policy, SEALED, SEALED_WHERE_POSSIBLE};
use serde::{Deserialize, Serialize};

pub use promise::{Kept, Promise};

/// How far strangers' code is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A process of its own with limits, and nothing more.
    None,
    /// Some promises are kept, others are not.
    Degraded,
    /// Every promise is kept.
    Full,
}

impl Tier {
    /// Its name, as verdicts carry it.
    pub fn name(self) -> &'static str {
        match self {
            Tier::None => "none",
            Tier::Degraded => "degraded",
            Tier::Full => "full",
        }
    }
}

/// Starts processes under a policy, as far as this machine can.
#[derive(Clone, Debug)]
pub struct Sandbox {
    launcher: Option<PathBuf>,
    /// Where a worker finds its libraries, but for the system's.
    libraries: Option<PathBuf>,
    tier: Tier,
    promises: Arc<[Promise]>,
}

/// The users that submissions run as when the grader is root: numbers that neither
/// systems nor people are given (see systemd's table of user and group ids).
const USERS: std::ops::Range<u32> = 60_706..61_184;

impl Sandbox {
    /// No sandbox: processes are started as they are, with limits put on them.
    pub fn none() -> Sandbox {
        Sandbox {
            launcher: None,
            libraries: None,
            tier: Tier::None,
            promises: Arc::default(),
        }
    }

    /// A sandbox whose processes `launcher` starts and whose workers find their
    /// libraries in `libraries`. Its promises are not tried yet.
    pub(crate) fn untried(launcher: &Path, libraries: Option<&Path>) -> Sandbox {
        Sandbox {
            launcher: Some(launcher.to_owned()),
            libraries: libraries.map(Path::to_owned),
            tier: Tier::Degraded,
            promises: Arc::default(),
        }
    }

    /// The same sandbox, with these tried promises.
    pub(crate) fn with_promises(mut self, promises: Vec<Promise>) -> Sandbox {
        let is_full = promises
            .iter()
            .all(|promise| promise.is_kept() || !promise.required);
        if is_full {
            self.tier = Tier::Full;
        }
        self.promises = promises.into();
        self
    }

    /// The program that starts its processes, if there is one.
    pub fn launcher(&self) -> Option<&Path> {
        self.launcher.as_deref()
    }

    /// Where a worker finds its libraries, but for the system's.
    pub(crate) fn libraries(&self) -> Option<&Path> {
        self.libraries.as_deref()
    }

    /// How much of its promises it keeps here.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Each promise, and whether it is kept.
    pub fn promises(&self) -> &[Promise] {
        &self.promises
    }

    /// Gives `folder` and its contents to the user that processes started with
    /// `user` will run as. None may run yet, because it could move things meanwhile.
    pub fn give(&self, folder: &Path, user: u32) -> io::Result<()> {
        if self.launcher.is_none() || !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        if std::fs::symlink_metadata(folder)?.is_dir() {
            for entry in std::fs::read_dir(folder)? {
                self.give(&entry?.path(), user)?;
            }
        }
        lchown(folder, Some(user), Some(user))
    }

    /// The seal: a worker's first argument.
    pub(crate) fn seal(&self) -> &'static str {
        match self.tier {
            Tier::Full => SEALED,
            Tier::Degraded => SEALED_WHERE_POSSIBLE,
            Tier::None => OPEN,
        }
    }

    /// The command that starts a policy's program under the policy.
    pub(crate) fn command(&self, policy: &Policy) -> io::Result<Command> {
        let Some(launcher) = &self.launcher else {
            let mut command = Command::new(&policy.program);
            command
                .args(&policy.arguments)
                .env_clear()
                .envs(policy.environment.iter().map(|(name, value)| (name, value)))
                .current_dir(&policy.folder)
                .process_group(0);
            return Ok(command);
        };
        let mut command = Command::new(launcher);
        command
            .arg(serde_json::to_string(policy)?)
            .env_clear()
            .current_dir("/");
        Ok(command)
    }

    /// Whether this exit status means that the launcher gave up, and the program never started.
    pub fn gave_up(&self, status: ExitStatus) -> bool {
        self.launcher.is_some() && status.code() == Some(i32::from(FAILED))
    }

    /// Whether limits are put on a process by the launcher.
    pub(crate) fn sets_limits(&self) -> bool {
        self.launcher.is_some()
    }
}

/// A user for one submission, so that its threads are counted apart from all others.
#[derive(Debug)]
pub struct User {
    id: u32,
    /// Tells the other graders on this machine that the user is taken. However we end,
    /// it is free then.
    _taken: Option<UnixListener>,
}

impl User {
    /// A user that no other submission has at the same time.
    pub fn next() -> User {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = || NEXT.fetch_add(1, Ordering::Relaxed);
        // Another grader starts at another number.
        let first = std::process::id().wrapping_mul(31);
        let id = |number: u32| USERS.start + first.wrapping_add(number) % (USERS.end - USERS.start);
        if rustix::process::geteuid().is_root() {
            for _ in USERS {
                let id = id(number());
                match take(id) {
                    Ok(taken) => {
                        let _taken = Some(taken);
                        return User { id, _taken };
                    }
                    Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                    // Without a way to ask, hope for the best.
                    Err(_) => break,
                }
            }
        }
        let (id, _taken) = (id(number()), None);
        User { id, _taken }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.id
    }
}

/// Takes a name that only one process on this machine can have.
#[cfg(target_os = "linux")]
fn take(user: u32) -> io::Result<UnixListener> {
    use std::os::linux::net::SocketAddrExt;
    let name = format!("between-awaits/user/{user}");
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(name)?)
}

#[cfg(not(target_os = "linux"))]
fn take(_: u32) -> io::Result<UnixListener> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_one_submissions_until_it_is_given_back() {
        let taken = take(1).expect("nobody else takes this one");
        let again = take(1).map(drop).map_err(|error| error.kind());
        assert_eq!(again, Err(io::ErrorKind::AddrInUse));
        drop(taken);
        take(1).expect("it is free again");
    }

    #[test]
    fn no_two_submissions_at_the_same_time_have_the_same_user() {
        let users: Vec<User> = (0..100).map(|_| User::next()).collect();
        let ids: std::collections::BTreeSet<u32> = users.iter().map(User::id).collect();
        assert_eq!(ids.len(), users.len());
        assert!(ids.iter().all(|id| USERS.contains(id)));
    }
}
