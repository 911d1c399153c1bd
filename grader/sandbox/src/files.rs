//! Landlock: which files a process can reach at all.

use std::io;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
};

use crate::policy::{Policy, Stage};

/// The newest rights that are asked for; a kernel that has fewer refuses fewer.
const NEWEST: ABI = ABI::V6;

/// Puts the policy's lists in force; on success nothing else can be opened.
pub(crate) fn restrict(policy: &Policy) -> io::Result<()> {
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    let writing = reading
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::Refer
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir;
    let mut rules = nothing()?;
    rules = add(rules, &policy.execute, reading | AccessFs::Execute)?;
    rules = add(rules, &policy.read, reading)?;
    rules = add(rules, &policy.write, writing)?;
    let null = AccessFs::ReadFile | AccessFs::WriteFile;
    rules = add(rules, &[PathBuf::from("/dev/null")], null)?;
    if policy.stage == Stage::Run {
        // For the puppet until it is sealed: the files it measures time with.
        let own = PathBuf::from(format!("/proc/{}", std::process::id()));
        rules = add(rules, &[own], reading)?;
        // To execute a file is to read it.
        let program = std::slice::from_ref(&policy.program);
        rules = add(rules, program, AccessFs::Execute | AccessFs::ReadFile)?;
    }
    finish(rules)
}

/// From now on no file can be opened.
pub(crate) fn restrict_to_nothing() -> io::Result<()> {
    finish(nothing()?)
}

fn nothing() -> io::Result<RulesetCreated> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .and_then(|rules| {
            rules
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(NEWEST))?
                .handle_access(AccessNet::from_all(NEWEST))?
                .scope(Scope::from_all(NEWEST))?
                .create()
        })
        .map_err(io::Error::other)
}

fn add(
    mut rules: RulesetCreated,
    paths: &[PathBuf],
    access: BitFlags<AccessFs>,
) -> io::Result<RulesetCreated> {
    for path in paths {
        // A path that does not exist need not be reachable.
        let Ok(place) = PathFd::new(path) else {
            continue;
        };
        let access = match path.is_dir() {
            true => access,
            false => access & AccessFs::from_file(NEWEST),
        };
        rules = rules
            .add_rule(PathBeneath::new(place, access))
            .map_err(io::Error::other)?;
    }
    Ok(rules)
}

fn finish(rules: RulesetCreated) -> io::Result<()> {
    let status = rules.restrict_self().map_err(io::Error::other)?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err(io::Error::other("Landlock is not in force")),
        _ => Ok(()),
    }
}
