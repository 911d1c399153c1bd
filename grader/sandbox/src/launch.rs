//! The launcher: puts a policy in force on itself, then becomes the program.
//!
//! It is single-threaded and starts nothing. When it cannot put something in force,
//! it says so on standard error and ends with [`FAILED`].

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{self, Gid, Uid};

use crate::policy::{Allowance, FAILED, Policy, Stage};
use crate::{attempts, files, filters, namespaces, raw};

/// The launcher's whole program: its one argument is a [`Policy`] as JSON.
pub fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(first) = arguments.next() else {
        return failed("starting", &"it takes a policy; the grader gives it one");
    };
    if let Some(code) = attempts::attempt(&first, arguments.next().as_deref()) {
        return code;
    }
    let policy: Policy = match serde_json::from_str(&first) {
        Ok(policy) => policy,
        Err(error) => return failed("reading the policy", &error),
    };
    let Err((step, error)) = launch(&policy);
    failed(step, &error)
}

#[expect(clippy::print_stderr, reason = "the grader reads it")]
fn failed(step: &str, error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("sandbox: {step}: {error}");
    ExitCode::from(FAILED)
}

type Step = (&'static str, io::Error);

fn launch(policy: &Policy) -> Result<std::convert::Infallible, Step> {
    let at = |step: &'static str| move |error: io::Error| (step, error);
    let nix_at = |step: &'static str| move |error: nix::Error| (step, error.into());

    raw::close_the_rest_on_exec().map_err(at("closing files"))?;
    umask(Mode::from_bits_truncate(0o022));
    // No terminal, and a process group that ends as one.
    unistd::setsid().map_err(nix_at("opening a session"))?;
    // Opened now, because it may soon be out of reach; running it needs no path.
    let worker = match policy.stage {
        Stage::Run => Some(File::open(&policy.program).map_err(at("opening the worker"))?),
        Stage::Compile => None,
    };
    let library = policy.hands_library.as_deref().map(in_memory).transpose();
    let library = library.map_err(at("copying the library that seals"))?;
    let mut alone = namespaces::enter(policy).own_user;
    if unistd::geteuid().is_root() {
        become_user(policy).map_err(at("becoming a user of its own"))?;
        alone = true;
    }
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(nix_at("ending with the grader"))?;
    prctl::set_no_new_privs().map_err(nix_at("giving up privileges"))?;
    limit(&policy.limits, alone).map_err(at("setting limits"))?;
    let restricted = files::restrict(policy).map_err(at("restricting files (Landlock)"));
    let filtered = filters::for_launching().map_err(at("restricting system calls (seccomp)"));
    if policy.strict {
        restricted.and(filtered)?;
    }
    unistd::chdir(&policy.folder).map_err(nix_at("entering its folder"))?;
    become_program(policy, worker, library).map_err(at("starting the program"))
}

/// Becomes the policy's user.
fn become_user(policy: &Policy) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(policy.user), Gid::from_raw(policy.user));
    unistd::setgroups(&[])?;
    unistd::setresgid(group, group, group)?;
    unistd::setresuid(user, user, user)?;
    Ok(())
}

/// `alone`: only this process counts as the user's.
fn limit(limits: &Allowance, alone: bool) -> io::Result<()> {
    let others = match alone {
        true => 0,
        false => tasks_of(unistd::getuid()),
    };
    let exactly = |value| (value, value);
    for (resource, (soft, hard)) in [
        (
            Resource::RLIMIT_CPU,
            (limits.cpu_seconds, limits.cpu_seconds + 1),
        ),
        (Resource::RLIMIT_AS, exactly(limits.address_bytes)),
        (Resource::RLIMIT_DATA, exactly(limits.data_bytes)),
        (Resource::RLIMIT_FSIZE, exactly(limits.file_bytes)),
        (Resource::RLIMIT_NOFILE, exactly(limits.files)),
        (Resource::RLIMIT_NPROC, exactly(limits.threads + others)),
        (Resource::RLIMIT_CORE, exactly(0)),
        (Resource::RLIMIT_MEMLOCK, exactly(0)),
        (Resource::RLIMIT_MSGQUEUE, exactly(0)),
    ] {
        // The system's own limits cannot be raised; the grader says which limit it was.
        let (_, most) = getrlimit(resource)?;
        setrlimit(resource, soft.min(most), hard.min(most))?;
    }
    Ok(())
}

/// Threads of all processes of `user`.
fn tasks_of(user: Uid) -> u64 {
    let of = |process: fs::DirEntry| -> Option<u64> {
        let status = fs::read_to_string(process.path().join("status")).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        (field("Uid:")? == u64::from(user.as_raw())).then_some(field("Threads:")?)
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(of).sum()
}

/// A copy of a file that lies nowhere, stays open in the program and cannot be changed.
fn in_memory(path: &Path) -> io::Result<OwnedFd> {
    let copy = memfd_create("seal", MFdFlags::MFD_ALLOW_SEALING)?;
    let mut copy = File::from(copy);
    io::copy(&mut File::open(path)?, &mut copy)?;
    fcntl(&copy, FcntlArg::F_ADD_SEALS(SealFlag::F_SEAL_WRITE))?;
    Ok(copy.into())
}

fn become_program(
    policy: &Policy,
    worker: Option<File>,
    library: Option<OwnedFd>,
) -> io::Result<std::convert::Infallible> {
    let program = text(policy.program.as_path())?;
    let name = match policy.stage {
        _ if policy.name.is_some() => CString::new(policy.name.clone().unwrap_or_default())?,
        Stage::Compile => program.clone(),
        // The path would tell a submission where the course lies.
        Stage::Run => CString::from(c"worker"),
    };
    let filters = match policy.hands_filters {
        true => filters::of_a_submission_in_hex()?,
        false => Vec::new(),
    };
    let library = library.map(|open| format!("/proc/self/fd/{}", open.into_raw_fd()));
    let mut arguments = vec![name];
    for argument in policy.arguments.iter().chain(&filters).chain(&library) {
        arguments.push(CString::new(argument.as_str())?);
    }
    let mut environment = Vec::new();
    for (name, value) in &policy.environment {
        environment.push(CString::new(format!("{name}={value}"))?);
    }
    Ok(match worker {
        Some(worker) => unistd::fexecve(worker, &arguments, &environment)?,
        None => unistd::execve(&program, &arguments, &environment)?,
    })
}

fn text(path: &Path) -> io::Result<CString> {
    Ok(CString::new(path.as_os_str().as_bytes())?)
}
