//! seccomp filters, made from the tables in [`calls`](crate::calls).

use std::collections::BTreeMap;
use std::io;

use libc::c_long;
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::calls::{ALLOWED, If, NEVER, PATHS, STARTING};

/// On x86-64 a call has a second number, of the x32 mode.
#[cfg(target_arch = "x86_64")]
const X32: c_long = 0x4000_0000;

/// For rustc and the linker, and for a worker before it is sealed.
pub(crate) fn for_launching() -> io::Result<()> {
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    install(anything_of(NEVER), SeccompAction::Allow, refused)
}

/// For a submission, in all threads that there are. A call passes only if every filter allows
/// it; the strictest wins.
pub(crate) fn for_a_submission() -> io::Result<()> {
    for program in of_a_submission()? {
        seccompiler::apply_filter_all_threads(&program).map_err(io::Error::other)?;
    }
    Ok(())
}

/// The same programs as bytes in hexadecimal digits, for a worker in another language: it
/// puts them in force itself, in this order, and keeps its process's number.
pub(crate) fn of_a_submission_in_hex() -> io::Result<Vec<String>> {
    let in_hex = |program: seccompiler::BpfProgram| {
        let bytes = program.iter().flat_map(|it| {
            let [low, high] = it.code.to_ne_bytes();
            let [a, b, c, d] = it.k.to_ne_bytes();
            [low, high, it.jt, it.jf, a, b, c, d]
        });
        bytes.map(|byte| format!("{byte:02x}")).collect()
    };
    Ok(of_a_submission()?.into_iter().map(in_hex).collect())
}

fn of_a_submission() -> io::Result<[seccompiler::BpfProgram; 3]> {
    let mut ending = anything_of(NEVER);
    ending.extend(rules(STARTING)?);
    let refused = SeccompAction::Errno(libc::EACCES as u32);
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    let mut passing = rules(ALLOWED)?;
    passing.extend(anything_of(PATHS));
    Ok([
        program(ending, SeccompAction::Allow, SeccompAction::KillProcess)?,
        program(anything_of(PATHS), SeccompAction::Allow, refused)?,
        // The last one, because it allows no further filter. It leaves the calls that the
        // others decide to them.
        program(passing, missing, SeccompAction::Allow)?,
    ])
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn anything_of(calls: &[c_long]) -> Rules {
    let mut rules: Rules = calls.iter().map(|call| (*call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    rules.extend(calls.iter().map(|call| (*call | X32, Vec::new())));
    rules
}

fn rules(table: &[(c_long, If)]) -> io::Result<Rules> {
    let mut rules = Rules::new();
    for (call, condition) in table {
        let condition = match *condition {
            If::Any => None,
            If::Is(argument, value) => Some((argument, SeccompCmpOp::Eq, value)),
            If::Has(argument, bit) => Some((argument, SeccompCmpOp::MaskedEq(bit), bit)),
            If::HasNot(argument, bit) => Some((argument, SeccompCmpOp::MaskedEq(bit), 0)),
            If::Own => Some((0, SeccompCmpOp::Eq, u64::from(std::process::id()))),
        };
        let rule = condition
            .map(|(argument, operator, value)| {
                // The kernel reads only 32 bits of these arguments.
                let length = SeccompCmpArgLen::Dword;
                SeccompCondition::new(argument, length, operator, value)
                    .and_then(|condition| SeccompRule::new(vec![condition]))
                    .map_err(io::Error::other)
            })
            .transpose()?;
        rules.entry(*call).or_default().extend(rule);
    }
    Ok(rules)
}

fn install(rules: Rules, otherwise: SeccompAction, matched: SeccompAction) -> io::Result<()> {
    let program = program(rules, otherwise, matched)?;
    seccompiler::apply_filter(&program).map_err(io::Error::other)
}

fn program(
    rules: Rules,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> io::Result<seccompiler::BpfProgram> {
    let architecture = std::env::consts::ARCH
        .try_into()
        .map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, otherwise, matched, architecture);
    filter.and_then(TryInto::try_into).map_err(io::Error::other)
}
