//! Limits that the system puts on the grader and that are tighter than a grading
//! needs. Everything the grader starts is under them as well.

use rustix::process::{Resource, getrlimit};

/// The resource, how much of it a grading needs, its noun, its unit, and its letter
/// for `ulimit`.
const NEEDED: [(Resource, u64, &str, u64, char); 5] = [
    (Resource::Nofile, 1024, "open files", 1, 'n'),
    (Resource::Nproc, 1024, "processes", 1, 'u'),
    (Resource::As, 5 << 30, "KiB of address space", 1024, 'v'),
    (Resource::Fsize, 256 << 20, "KiB in a file", 1024, 'f'),
    (Resource::Cpu, 60, "seconds of CPU time", 1, 't'),
];

/// Each limit that is too tight, in words.
pub fn tight() -> Vec<String> {
    let said = |(resource, needed, what, unit, letter): (_, u64, _, _, _)| {
        // Root's threads are not counted.
        if resource == Resource::Nproc && rustix::process::geteuid().is_root() {
            return None;
        }
        let limit = getrlimit(resource).maximum?;
        tells(limit, needed, what, unit, letter)
    };
    NEEDED.into_iter().filter_map(said).collect()
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
