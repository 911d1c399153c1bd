"""A shell with one job: a program in a terminal of its own.

The arguments are a list of actions, as JSON, then the program and its arguments. What is
asked about is said in lines, at the end how the job ended and what it left behind.
"""

import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

ACTIONS, PROGRAM = json.loads(sys.argv[1]), sys.argv[2:]
# Only to fail some time; nothing is judged by it.
PATIENCE = 120
DEFAULTS = (signal.SIGTTOU, signal.SIGTTIN, signal.SIGTSTP, signal.SIGPIPE)

master, slave = pty.openpty()
seen = b""


def resize(rows, columns):
    # The system tells the job, as it does for every terminal.
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def start(alone):
    """As a shell does: the job is a group of its own, and has the terminal. A job that
    is alone has no shell that could wake it."""
    pid = os.fork()
    if pid:
        return pid
    if alone:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    else:
        os.setpgid(0, 0)
        os.tcsetpgrp(slave, os.getpid())
    for number in DEFAULTS:
        signal.signal(number, signal.SIG_DFL)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.execvp(PROGRAM[0], PROGRAM)


def read_until(there):
    global seen
    limit = time.monotonic() + PATIENCE
    while not there():
        if time.monotonic() > limit:
            os.kill(job, signal.SIGKILL)
            sys.exit(f"never there while {action!r}: {frame()}\nlast: {seen[-2000:]!r}")
        if select.select([master], [], [], 0.02)[0]:
            seen += os.read(master, 65536)


def frame():
    """The lines drawn last."""
    drawn = seen.rpartition(b"\x1b[?2026l")[0].rpartition(b"\x1b[?2026h")[2]
    rows = re.split(rb"\x1b\[\d+;1H", drawn)[1:]
    # On the last letter of a line as wide as the window it would clear that letter.
    assert not any(re.search(rb"(?s).\x1b\[[0-9;]*[JK]", row) for row in rows), rows
    return [re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", row).decode() for row in rows]


def shows(words):
    return any(words in row for row in frame())


def changed(how):
    """What the system says of the job: that it stopped, or ended."""
    done, status = os.waitpid(job, os.WNOHANG | os.WUNTRACED)
    if done and os.WIFSTOPPED(status) != (how == "stopped"):
        sys.exit(f"{how} was expected while {action!r}: status {status:#x}, {frame()}")
    if done and how == "ended":
        say("exit code", os.waitstatus_to_exitcode(status))
    return done


def say(what, value):
    print(f"{what}: {value}")


def say_what_is_given_back():
    given = lambda back, taken: seen.rfind(back) > seen.rfind(taken)
    # What was written may take a moment to get here.
    read_until(lambda: given(b"\x1b[?1049l", b"\x1b[?1049h"))
    say("settings", termios.tcgetattr(slave) == before)
    say("cursor", given(b"\x1b[?25h", b"\x1b[?25l"))
    say("lines wrap", given(b"\x1b[?7h", b"\x1b[?7l"))


def is_raw():
    return not termios.tcgetattr(slave)[3] & (termios.ICANON | termios.ECHO)


action = "start"
resize(24, 80)
before = termios.tcgetattr(slave)
alone = ACTIONS[0] == "alone"
if not alone:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    # A shell takes the terminal back although it has not got it.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = start(alone)
for action in ACTIONS:
    verb, _, rest = action.partition(" ")
    if verb == "await":
        read_until(lambda: shows(rest))
        assert is_raw()
    elif verb == "gone":
        read_until(lambda: not shows(rest))
    elif verb == "write":
        name, text = rest.split(" ", 1)
        with open(name, "w") as file:
            file.write(text)
    elif verb == "type":
        os.write(master, rest.encode())
    elif verb == "signal":
        os.kill(job, getattr(signal, rest))
    elif verb == "resize":
        rows, columns = map(int, rest.split("x"))
        resize(rows, columns)
        read_until(lambda: len(frame()) == rows)
    elif verb == "resize-typing":
        keys, size = rest.split(" ")
        rows, columns = map(int, size.split("x"))
        os.write(master, keys.encode())
        resize(rows, columns)
        read_until(lambda: len(frame()) == rows)
    elif verb == "stopped":
        read_until(lambda: changed("stopped"))
        os.tcsetpgrp(slave, os.getpgrp())
        say_what_is_given_back()
        # For its prompt a shell sees to it that it can be read.
        termios.tcsetattr(slave, termios.TCSADRAIN, before)
    elif verb == "continue":
        size = len(seen)
        os.tcsetpgrp(slave, job)
        os.killpg(job, signal.SIGCONT)
        read_until(lambda: is_raw() and b"\x1b[?1049h" in seen[size:] and b"\x1b[?2026l" in seen[size:])
    elif verb == "file":
        read_until(lambda: os.path.exists(rest) and os.path.getsize(rest))
    elif verb == "alone":
        pass
    else:
        sys.exit(f"no such action: {action}")
action = "end"
read_until(lambda: changed("ended"))
say_what_is_given_back()
say("colours", b"\x1b[31m" in seen)
