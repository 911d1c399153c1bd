//! Attempts to break out, made by the launcher itself when it is the program under a
//! policy. So the grader finds out by behaviour what a policy is worth on this machine.

use std::fs;
use std::io::{self, Write};
use std::net::TcpStream;
use std::process::{Command, ExitCode};
use std::thread;

use nix::unistd;

use crate::policy::FAILED;

/// Makes the attempt called `name`, if this process is asked for one. Success
/// means that it got through, 1 that it was refused. `how` is a worker's first
/// argument.
pub(crate) fn attempt(how: &str, name: Option<&str>) -> Option<ExitCode> {
    let name = name?;
    if crate::seal(Some(how)).is_err() {
        return Some(ExitCode::from(FAILED));
    }
    let refused = make(name).is_err();
    Some(ExitCode::from(u8::from(refused)))
}

fn make(name: &str) -> io::Result<()> {
    match name {
        "nothing" => Ok(()),
        "read" => fs::read("/etc/passwd").map(drop),
        "see" => fs::metadata("/etc/passwd").map(drop),
        "list" => fs::read_dir("/proc").map(drop),
        "system" => fs::read_dir("/usr/lib").map(drop),
        "write" => {
            let path = format!("/tmp/between-awaits-attempt-{}", std::process::id());
            fs::write(&path, "it can be written").and_then(|()| fs::remove_file(path))
        }
        "start" => Command::new("/bin/true").status().map(drop),
        "connect" => match TcpStream::connect("127.0.0.1:9") {
            // Something refused the connection, so the network was reached.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            other => other.map(drop),
        },
        "leave" => match unistd::setsid() {
            // Refused because it leads its group, so the call itself was allowed.
            Err(nix::Error::EPERM) => {
                unistd::setpgid(unistd::Pid::this(), unistd::getppid()).map_err(io::Error::from)
            }
            other => other.map(drop).map_err(io::Error::from),
        },
        "threads" => many_threads(),
        "memory" => much_memory(),
        _ => Err(io::Error::other("no such attempt")),
    }
}

/// More threads at once than any limit the grader probes with.
fn many_threads() -> io::Result<()> {
    thread::scope(|scope| {
        let threads = (0..64).map(|_| {
            let park = || thread::park_timeout(std::time::Duration::from_millis(50));
            thread::Builder::new().spawn_scoped(scope, park)
        });
        threads.collect::<io::Result<Vec<_>>>().map(drop)
    })
}

/// More memory than any limit the grader probes with.
fn much_memory() -> io::Result<()> {
    let mut memory: Vec<u8> = Vec::new();
    memory
        .try_reserve_exact(1 << 30)
        .map_err(io::Error::other)?;
    memory.resize(1 << 20, 1);
    io::sink().write_all(&memory)
}
