//! The names of the signals that end a process, and the limit that each stands for.

use rustix::process::Signal;

use crate::drive::limits::Limits;

/// Signals that end a process and stand for no limit of ours.
const PLAIN: [(Signal, &str); 15] = [
    (Signal::HUP, "SIGHUP"),
    (Signal::INT, "SIGINT"),
    (Signal::QUIT, "SIGQUIT"),
    (Signal::ILL, "SIGILL"),
    (Signal::TRAP, "SIGTRAP"),
    (Signal::BUS, "SIGBUS"),
    (Signal::FPE, "SIGFPE"),
    (Signal::KILL, "SIGKILL"),
    (Signal::USR1, "SIGUSR1"),
    (Signal::USR2, "SIGUSR2"),
    (Signal::PIPE, "SIGPIPE"),
    (Signal::ALARM, "SIGALRM"),
    (Signal::TERM, "SIGTERM"),
    (Signal::VTALARM, "SIGVTALRM"),
    (Signal::PROF, "SIGPROF"),
];

/// A signal's name, with the limit that sends it.
pub(super) fn name(signal: i32, limits: &Limits) -> String {
    let cpu = limits.cpu.as_secs();
    let memory = limits.memory_bytes >> 20;
    let is = |known: Signal| signal == known.as_raw();
    match () {
        () if is(Signal::ABORT) => {
            format!("SIGABRT (an abort, or an allocation that failed: the limit is {memory} MiB)")
        }
        () if is(Signal::SEGV) => "SIGSEGV (most often a stack overflow)".to_owned(),
        () if is(Signal::XCPU) => format!("SIGXCPU (the CPU time limit of {cpu} s)"),
        () if is(Signal::XFSZ) => "SIGXFSZ (the limit on the size of a file)".to_owned(),
        () if is(Signal::SYS) => {
            "SIGSYS (it tried something that no submission may do: start a program, use the network, touch another process or the clock)".to_owned()
        }
        () => PLAIN
            .iter()
            .find(|(known, _)| is(*known))
            .map_or_else(|| format!("signal {signal}"), |(_, name)| (*name).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn every_signal_that_ends_a_process_has_a_name() {
        // These stop it, wake it, or do nothing to it.
        let harmless = [17, 18, 19, 20, 21, 22, 23, 28];
        // Stack faults and power failures: of no use on Linux.
        let unused = [16, 29, 30];
        for signal in (1..=31).filter(|it| !harmless.contains(it) && !unused.contains(it)) {
            let name = name(signal, &Limits::default());
            assert!(name.starts_with("SIG"), "{signal}: {name}");
        }
        assert!(name(25, &Limits::default()).starts_with("SIGXFSZ"));
    }
}
