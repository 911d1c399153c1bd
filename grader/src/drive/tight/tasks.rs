//! How many more processes and threads may be started: some systems count those of a user, some
//! those of a control group, and some both.
//!
//! Its main type is [`Room`].

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, getrlimit, getuid};

/// A limit of processes and threads, and how near it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) limit: u64,
    pub(super) used: u64,
    /// Where the limit is set.
    pub(super) set_by: &'static str,
}

impl Room {
    /// The one with the least room; `None` where nothing is limited, or nobody says so.
    pub(super) fn least() -> Option<Room> {
        let all = of_user().into_iter().chain(of_groups());
        all.min_by_key(Room::left)
    }

    pub(super) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

fn of_user() -> Option<Room> {
    // Root's are not counted.
    if rustix::process::geteuid().is_root() {
        return None;
    }
    let limit = getrlimit(Resource::Nproc).maximum?;
    let user = getuid().as_raw();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let statuses = processes.filter_map(|it| fs::read_to_string(it.path().join("status")).ok());
    Some(Room {
        limit,
        used: statuses
            .filter_map(|status| threads_of(user, &status))
            .sum(),
        set_by: "`ulimit -Hu`",
    })
}

/// The threads of the process with this `status`, if it is the user's (Linux: proc(5)).
fn threads_of(user: u32, status: &str) -> Option<u64> {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (field("Uid:")? == u64::from(user)).then_some(field("Threads:")?)
}

/// Of the control group that this process is in, and of those around it (Linux:
/// `Documentation/admin-guide/cgroup-v2.rst`).
fn of_groups() -> Vec<Room> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let folders = groups.lines().filter_map(folder_of_group);
    folders.flat_map(|(top, own)| rooms(&top, &own)).collect()
}

/// The folder of all groups in this line of `/proc/self/cgroup`, and the one of its own, if
/// they say how many processes there are.
fn folder_of_group(line: &str) -> Option<(PathBuf, PathBuf)> {
    let mut parts = line.splitn(3, ':');
    let (number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    let top = match (number, controllers) {
        ("0", "") => PathBuf::from("/sys/fs/cgroup"),
        // The first version has a tree for each controller.
        (_, it) if it.split(',').any(|one| one == "pids") => PathBuf::from("/sys/fs/cgroup/pids"),
        _ => return None,
    };
    let own = top.join(path.trim_start_matches('/'));
    Some((top, own))
}

fn rooms(top: &Path, own: &Path) -> Vec<Room> {
    let number = |folder: &Path, name| -> Option<u64> {
        // "max", where there is no limit.
        fs::read_to_string(folder.join(name))
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let room = |folder: &Path| {
        Some(Room {
            limit: number(folder, "pids.max")?,
            used: number(folder, "pids.current")?,
            set_by: "`pids.max` of its control group",
        })
    };
    let around = own.ancestors().take_while(|it| it.starts_with(top));
    around.filter_map(room).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_s_threads_are_counted() {
        let status = "Name:\ta\nUid:\t17\t17\t17\t17\nThreads:\t5\n";
        assert_eq!(threads_of(17, status), Some(5));
        assert_eq!(threads_of(18, status), None);
        assert_eq!(threads_of(17, "Name:\ta\n"), None);
    }

    #[test]
    fn a_group_is_found_in_either_version() {
        let of = |line| folder_of_group(line).map(|(_, own)| own);
        let found = |path: &str| Some(PathBuf::from(path));
        assert_eq!(of("0::/"), found("/sys/fs/cgroup/"));
        assert_eq!(of("0::/a/b:c"), found("/sys/fs/cgroup/a/b:c"));
        assert_eq!(
            of("7:pids:/docker/1"),
            found("/sys/fs/cgroup/pids/docker/1")
        );
        assert_eq!(of("8:cpu,cpuacct:/docker/1"), None);
    }

    #[test]
    fn a_limit_around_a_group_counts_as_its_own() {
        let top = tempfile::tempdir().expect("there is space");
        let own = top.path().join("class/student");
        fs::create_dir_all(&own).expect("it can be made");
        let write = |folder: &str, max: &str, current: &str| {
            let folder = top.path().join(folder);
            fs::write(folder.join("pids.max"), max).expect("it can be written");
            fs::write(folder.join("pids.current"), current).expect("it can be written");
        };
        write("class", "100\n", "97\n");
        write("class/student", "max\n", "3\n");
        let rooms = rooms(top.path(), &own);
        let left: Vec<u64> = rooms.iter().map(Room::left).collect();
        assert_eq!(left, [3]);
    }
}
