//! The terminal is given back as it was, however learn mode ends.

use std::process::Command;

use super::{going_on, with_small_book};
use crate::courses::Scratch;

/// Runs its arguments in a terminal of its own, does one thing once the screen is drawn,
/// and says how it ended: the exit code, whether the settings are the same, and the last
/// bytes that were written.
const IN_A_TERMINAL: &str = r#"
import fcntl, os, pty, select, signal, struct, sys, termios, time
how, arguments = sys.argv[1], sys.argv[2:]
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.execvp(arguments[0], arguments)
seen = b""
def read_until(there):
    global seen
    limit = time.monotonic() + 120
    while not there():
        if time.monotonic() > limit:
            os.kill(pid, signal.SIGKILL)
            sys.exit("never there: " + repr(seen[-2000:]))
        if select.select([master], [], [], 0.05)[0]:
            seen += os.read(master, 65536)
read_until(lambda: b"quit" in seen and b"not ready to grade" in seen)
during = termios.tcgetattr(slave)
if how == "resize":
    size = len(seen)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
    os.kill(pid, signal.SIGWINCH)
    read_until(lambda: b"quit" in seen[size:])
    # No line below the tenth is drawn any more.
    assert b"\x1b[11;1H" in seen[:size] and b"\x1b[11;1H" not in seen[size:], seen[size:]
    how = "q"
if how.startswith("SIG"):
    os.kill(pid, getattr(signal, how))
else:
    os.write(master, how.encode())
ended = []
def over():
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        ended.append(os.waitstatus_to_exitcode(status))
    return done
read_until(over)
while select.select([master], [], [], 0.05)[0]:
    seen += os.read(master, 65536)
after = termios.tcgetattr(slave)
print("exit code", ended[0])
print("raw while it ran", not during[3] & termios.ICANON)
print("settings given back", before == after)
tail = seen[-200:]
print("screen given back", tail.rfind(b"\x1b[?1049l") > tail.rfind(b"\x1b[?1049h"))
print("cursor given back", tail.rfind(b"\x1b[?25h") > tail.rfind(b"\x1b[?25l"))
print("lines wrap again", tail.rfind(b"\x1b[?7h") > tail.rfind(b"\x1b[?7l"))
print("colours", b"\x1b[31m" in seen)
"#;

fn ended(course: &Scratch, how: &str, more: &[(&str, &str)]) -> String {
    let learn = going_on(course, &["learn", "--port", "0"]);
    let mut command = Command::new("python3");
    command.args(["-c", IN_A_TERMINAL, how]);
    command.arg(learn.get_program()).args(learn.get_args());
    command
        .current_dir(course.path(""))
        .env("TERM", "xterm-256color");
    for (name, value) in learn.get_envs() {
        match (name.to_str(), value) {
            (Some("TERM"), _) => {}
            (_, Some(value)) => drop(command.env(name, value)),
            (_, None) => drop(command.env_remove(name)),
        }
    }
    command.envs(more.iter().copied());
    let output = command.output().expect("python3 is there");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{how}: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_terminal_is_given_back_whatever_ends_learn_mode() {
    let course = Scratch::new();
    with_small_book(&course);
    let given_back = |code: i32, colours: &str| {
        format!(
            "exit code {code}\nraw while it ran True\nsettings given back True\nscreen given back True\n\
             cursor given back True\nlines wrap again True\ncolours {colours}\n"
        )
    };
    for (how, code) in [
        ("q", 0),
        ("resize", 0),
        ("\u{3}", 130),
        ("SIGINT", 130),
        ("SIGTERM", 130),
        ("SIGHUP", 130),
    ] {
        assert_eq!(
            ended(&course, how, &[]),
            given_back(code, "True"),
            "{how:?}"
        );
    }
    let plain = ended(&course, "q", &[("NO_COLOR", "1")]);
    assert_eq!(plain, given_back(0, "False"));
}
