//! The sandbox's promises, each tested by an attempt to break out, with advice
//! for promises that are not kept.

use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;

use ::sandbox::{FAILED, OPEN, Policy, SEALED_WHERE_POSSIBLE, Stage};
use sha2::{Digest, Sha256};

use crate::drive::confined::Confined;
use crate::drive::interrupt::Folder;
use crate::drive::limits::Limits;
use crate::drive::policies::{self, Calling, Places};
use crate::drive::program::Program;
use crate::drive::sandbox::{Kept, Promise, Sandbox, User};
use play::text::one_line;

impl Sandbox {
    /// The sandbox that this machine offers, tested by attempts to break out, once
    /// for each boot.
    ///
    /// # Errors
    /// When there is no place to try it in: then nothing is known of it.
    pub fn of_this_machine(
        launcher: &Path,
        places: &Places,
        memory: &Path,
    ) -> std::io::Result<Sandbox> {
        if !cfg!(target_os = "linux") {
            return Ok(Sandbox::none());
        }
        let sandbox = Sandbox::untried(launcher, places.libraries());
        let promises = tried(&sandbox, places, memory)?;
        Ok(sandbox.with_promises(promises))
    }
}

const LANDLOCK: &str = "needs Landlock: Linux 5.13 or newer with `landlock` in the kernel's `lsm=` list; a container's seccomp profile must let its system calls through";
const SECCOMP: &str = "needs seccomp filters: a kernel with CONFIG_SECCOMP_FILTER";
const NAMESPACES: &str = "needs mount namespaces: run as root with CAP_SYS_ADMIN, or let users make user namespaces (sysctl `kernel.apparmor_restrict_unprivileged_userns=0`, `user.max_user_namespaces`)";
const THREADS: &str =
    "needs a user of its own for each submission: run as root, or let users make user namespaces";
const LIMITS: &str = "needs resource limits: see `ulimit -a`";

/// Stage, attempt, what is promised, whether it is required, advice.
const PROMISES: &[(Stage, &str, &str, bool, &str)] = {
    use Stage::{Compile, Run};
    &[
        (
            Compile,
            "read",
            "what is compiled includes no file but its own",
            true,
            LANDLOCK,
        ),
        (
            Compile,
            "system",
            "what is compiled sees no folder of the system",
            true,
            LANDLOCK,
        ),
        (
            Compile,
            "list",
            "what is compiled lists no folder",
            true,
            LANDLOCK,
        ),
        (
            Compile,
            "write",
            "rustc writes nowhere but to its job",
            true,
            LANDLOCK,
        ),
        (Compile, "connect", "rustc has no network", true, SECCOMP),
        (
            Compile,
            "leave",
            "no process leaves its group, so all end together",
            true,
            SECCOMP,
        ),
        (
            Compile,
            "see",
            "rustc cannot tell whether another file is there",
            false,
            NAMESPACES,
        ),
        (Run, "read", "a submission reads no file", true, LANDLOCK),
        (
            Run,
            "see",
            "a submission cannot tell whether a file is there",
            true,
            SECCOMP,
        ),
        (Run, "list", "a submission lists no folder", true, LANDLOCK),
        (Run, "write", "a submission writes no file", true, LANDLOCK),
        (
            Run,
            "start",
            "a submission starts no program",
            true,
            SECCOMP,
        ),
        (Run, "connect", "a submission has no network", true, SECCOMP),
        (
            Run,
            "leave",
            "a submission does not leave its process group",
            true,
            SECCOMP,
        ),
        (
            Run,
            "threads",
            "a submission has no more threads than it may",
            true,
            THREADS,
        ),
        (
            Run,
            "memory",
            "a submission has no more memory than it may",
            true,
            LIMITS,
        ),
    ]
};

/// Every promise with the outcome of its attempt. The outcomes are remembered in the
/// folder `memory` as long as neither the machine nor the grader's rights change.
fn tried(sandbox: &Sandbox, places: &Places, memory: &Path) -> std::io::Result<Vec<Promise>> {
    let file = memory.join(format!("promises-{}.json", circumstances(sandbox)));
    let known = fs::read(&file).ok();
    if let Some(promises) = known.and_then(|text| serde_json::from_slice(&text).ok()) {
        return Ok(promises);
    }
    // Without one, a full disk would look like a sandbox with holes.
    drop(job(places)?);
    let promises = try_all(sandbox, places);
    // A promise that could not be tried says nothing of the next time.
    let untried = |promise: &Promise| matches!(promise.kept, Kept::Untried(_));
    if promises.iter().any(untried) {
        return Ok(promises);
    }
    // Without a memory the promises are tried again next time.
    let _ = serde_json::to_vec(&promises).map(|text| {
        let write = tempfile::NamedTempFile::new_in(memory)
            .and_then(|new| fs::write(new.path(), text).map(|()| new));
        write.map(|new| new.persist(&file))
    });
    Ok(promises)
}

/// A folder as rustc gets one for each submission.
fn job(places: &Places) -> std::io::Result<Folder> {
    let grader = places.root().parent().unwrap_or(Path::new("/"));
    let folder = Folder::below(&grader.join("jobs"))?;
    for name in ["out", "tmp"] {
        fs::create_dir(folder.path().join(name))?;
    }
    Ok(folder)
}

/// Everything that decides which promises this machine can keep for this user.
fn circumstances(sandbox: &Sandbox) -> String {
    let mut hash = Sha256::new();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rights = [
        "Uid:",
        "CapEff:",
        "CapBnd:",
        "NoNewPrivs:",
        "Seccomp:",
        "Seccomp_filters:",
    ];
    for line in status.lines() {
        if rights.iter().any(|name| line.starts_with(name)) {
            hash.update(line);
        }
    }
    for file in ["/proc/sys/kernel/random/boot_id", "/proc/self/uid_map"] {
        hash.update(fs::read(file).unwrap_or_default());
    }
    hash.update(format!("{:?} {PROMISES:?}", sandbox.launcher()));
    let digest = hash.finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn try_all(sandbox: &Sandbox, places: &Places) -> Vec<Promise> {
    let try_one = |&(stage, attempt, title, required, advice): &(_, &str, &str, _, &str)| {
        let stage_name = match stage {
            Stage::Compile => "compile",
            Stage::Run => "run",
        };
        Promise {
            id: format!("{stage_name}/{attempt}"),
            title: title.to_owned(),
            required,
            kept: make(sandbox, places, stage, attempt),
            advice: advice.to_owned(),
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = PROMISES
            .iter()
            .map(|promise| scope.spawn(move || try_one(promise)))
            .collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined
            .map(|done| done.expect("trying does not panic"))
            .collect()
    })
}

/// Makes one attempt, under the policy that submissions get.
fn make(sandbox: &Sandbox, places: &Places, stage: Stage, attempt: &str) -> Kept {
    let untried = |why: &dyn std::fmt::Display| Kept::Untried(one_line(&why.to_string(), 300));
    // A limit that was reached is a fact only if it is possible to stay below it.
    let attempts = [("nothing", true), (attempt, false)];
    // The other policy allows it less.
    let calling = match attempt {
        "system" => Calling::ForLibrary,
        _ => Calling::ToLink,
    };
    for (attempt, control) in attempts {
        let user = User::next();
        let policy = match policy(sandbox, places, stage, calling, attempt, &user) {
            Ok(policy) => policy,
            Err(error) => return untried(&error),
        };
        let (status, said) = match outcome(sandbox, &policy.0) {
            Ok(outcome) => outcome,
            Err(error) => return untried(&error),
        };
        match (control, status.code(), status.signal()) {
            (true, Some(0), _) => {}
            (true, ..) => return untried(&said),
            (_, Some(0), _) => return Kept::Broken,
            (_, Some(code), _) if code == i32::from(FAILED) => return untried(&said),
            (_, Some(_), _) => return Kept::Refused,
            (_, None, _) => return Kept::Ended,
        }
    }
    Kept::Broken
}

fn policy(
    sandbox: &Sandbox,
    places: &Places,
    stage: Stage,
    calling: Calling,
    attempt: &str,
    user: &User,
) -> std::io::Result<(Policy, Option<Folder>)> {
    let launcher = sandbox.launcher().map(Path::to_owned).unwrap_or_default();
    let mut limits = Limits {
        threads: 16,
        memory_bytes: 256 << 20,
        user: user.id(),
        ..Limits::default()
    };
    let (mut policy, folder) = match stage {
        Stage::Run => {
            let program = Program::from(&*launcher);
            (policies::running(sandbox, &limits, &program), None)
        }
        Stage::Compile => {
            limits.memory_bytes = Limits::of_compiling().memory_bytes;
            let folder = job(places)?;
            let user = limits.user;
            sandbox.give(folder.path(), user)?;
            let place = folder.path();
            let mut policy = places.compiling(sandbox, &limits, user, place, calling, Vec::new());
            policy.execute.push(launcher.clone());
            (policy, Some(folder))
        }
    };
    policy.program = launcher;
    let how = match stage {
        Stage::Run => SEALED_WHERE_POSSIBLE,
        Stage::Compile => OPEN,
    };
    policy.arguments = vec![how.to_owned(), attempt.to_owned()];
    policy.strict = false;
    Ok((policy, folder))
}

fn outcome(
    sandbox: &Sandbox,
    policy: &Policy,
) -> std::io::Result<(std::process::ExitStatus, String)> {
    let limits = Limits {
        sandbox: sandbox.clone(),
        ..Limits::default()
    };
    let mut process = Confined::spawn(policy, &limits, Stdio::null())?;
    let status = process.child().wait()?;
    let mut said = String::new();
    if let Some(pipe) = process.child().stderr.take() {
        // The launcher says one line, or nothing.
        let _ = pipe.take(1000).read_to_string(&mut said);
    }
    Ok((status, said))
}
