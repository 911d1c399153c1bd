//! Limits that the system puts on the grader and that are tighter than a grading
//! needs. Everything the grader starts is under them as well.

mod tasks;

use rustix::process::{Resource, getrlimit};

use tasks::Room;

/// How many more processes and threads a grading needs in all.
const TASKS: u64 = 1024;

/// How many threads a drill needs in which they are counted: as many as it asks for, and some
/// more. What is refused then is not always said.
const THREADS: u64 = 128;

/// The resource, how much of it a grading needs, its noun, its unit, and its letter
/// for `ulimit`.
const NEEDED: [(Resource, u64, &str, u64, char); 4] = [
    (Resource::Nofile, 1024, "open files", 1, 'n'),
    (Resource::As, 5 << 30, "KiB of address space", 1024, 'v'),
    (Resource::Fsize, 256 << 20, "KiB in a file", 1024, 'f'),
    (Resource::Cpu, 60, "seconds of CPU time", 1, 't'),
];

/// Each limit that is too tight, in words.
pub fn tight() -> Vec<String> {
    let said = |(resource, needed, what, unit, letter): (_, u64, _, _, _)| {
        let limit = getrlimit(resource).maximum?;
        tells(limit, needed, what, unit, letter)
    };
    let tasks = Room::least().and_then(|room| tells_of(&room));
    let others = NEEDED.into_iter().filter_map(said);
    others.chain(tasks).collect()
}

/// What to do where something could not be started: the limits that are too tight, or else
/// `otherwise`.
pub fn advice(otherwise: &str) -> String {
    match tight().join("; ") {
        none if none.is_empty() => otherwise.to_owned(),
        limits => limits,
    }
}

/// Whether so few threads may be started that a submission may have had fewer than it needs.
pub fn lacks_threads() -> bool {
    Room::least().is_some_and(|room| room.left() < THREADS)
}

fn tells_of(room: &Room) -> Option<String> {
    let Room {
        limit,
        used,
        set_by,
    } = room;
    (room.left() < TASKS).then(|| {
        format!(
            "this machine allows {limit} processes and threads ({set_by}), {used} are in use, and a grading needs {TASKS} more"
        )
    })
}

fn tells(limit: u64, needed: u64, what: &str, unit: u64, letter: char) -> Option<String> {
    let (limit, needed) = (limit / unit, needed / unit);
    (limit < needed).then(|| {
        format!(
            "this machine allows {limit} {what} (`ulimit -H{letter}`), and a grading needs {needed}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_is_no_room() {
        let room = |limit, used| Room {
            limit,
            used,
            set_by: "`ulimit -Hu`",
        };
        assert_eq!(tells_of(&room(31_000, 200)), None);
        assert_eq!(
            tells_of(&room(1100, 200)).as_deref(),
            Some(
                "this machine allows 1100 processes and threads (`ulimit -Hu`), 200 are in use, and a grading needs 1024 more"
            )
        );
        assert!(tells_of(&room(60, 80)).is_some());
    }

    #[test]
    fn a_limit_is_named_when_it_is_too_tight() {
        assert_eq!(tells(1024, 1024, "open files", 1, 'n'), None);
        let said = tells(64, 1024, "open files", 1, 'n').expect("it is too tight");
        assert_eq!(
            said,
            "this machine allows 64 open files (`ulimit -Hn`), and a grading needs 1024"
        );
        let said = tells(1 << 20, 256 << 20, "KiB in a file", 1024, 'f').expect("it is too tight");
        assert!(said.contains("1024 KiB in a file (`ulimit -Hf`)"), "{said}");
    }
}
