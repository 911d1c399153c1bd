//! Learn mode, as a page, an editor and a terminal meet it.
//!
//! The courses here have a book of one page, and most have no grader, because their
//! tests need no verdict.

mod authoring;
mod guarded;
mod preparing;
mod progress;
mod served;
mod terminal;
mod watching;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use grader::build::progress::Audience;
use grader::learn::book;
use serde_json::Value;

use crate::courses::{Scratch, real};

/// A bound that makes a stuck test fail; no result depends on it.
const PATIENCE: Duration = Duration::from_secs(120);
const TICK: Duration = Duration::from_millis(10);

/// `cargo learn` in a course, until this is dropped.
struct Learning {
    program: Child,
    port: u16,
    key: String,
    said: BufReader<std::process::ChildStdout>,
}

/// An answer of the server.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| &**value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A course that cannot grade: it has no grader's sources.
fn ungraded() -> Scratch {
    let course = Scratch::new();
    with_small_book(&course);
    course
}

/// A course with one drill, whose gradings are quick.
fn with_one_drill() -> Scratch {
    let course = Scratch::gradable();
    with_small_book(&course);
    for drill in ["inflight_fix", "offload"] {
        std::fs::remove_dir_all(course.path("exercises").join(drill)).expect("it is ours");
    }
    course
}

/// A book of one page; the tests are about what surrounds it.
fn with_small_book(course: &Scratch) {
    // What builds it lies beside the program.
    book::Program::get(&real(), Audience::Terminal).expect("it can be compiled");
    course.write("book.toml", "[book]\ntitle = \"Small\"\nsrc = \"book\"\n");
    course.write("book/SUMMARY.md", "# Small\n\n- [One](one.md)\n");
    course.write("book/one.md", "# One\n");
}

/// The `PATH` of a machine on which every command that opens a browser runs `script`.
#[cfg(target_os = "linux")]
fn path_with_openers(course: &Scratch, script: &str) -> String {
    let programs = [
        "xdg-open",
        "gio",
        "gnome-open",
        "kde-open6",
        "kde-open5",
        "kde-open",
    ];
    for program in programs {
        let name = format!("openers/{program}");
        course.write(&name, &format!("#!/bin/sh\n{script}\n"));
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(course.path(&name), executable).expect("it is ours");
    }
    let usual = std::env::var("PATH").expect("tests are run from some PATH");
    format!("{}:{usual}", course.path("openers").display())
}

/// The program's standard form of a command, for a process that goes on.
fn going_on(course: &Scratch, arguments: &[&str]) -> Command {
    let asserted = course.command(arguments);
    let mut command = Command::new(asserted.get_program());
    command.args(asserted.get_args());
    command.current_dir(course.path(""));
    for (name, value) in asserted.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

impl Learning {
    /// Starts it at some free port and waits until the book is there.
    fn begin(course: &Scratch) -> Learning {
        let mut command = going_on(course, &["learn", "--port", "0"]);
        command.stdin(Stdio::null());
        Learning::spawned(command)
    }

    fn spawned(mut command: Command) -> Learning {
        command.stdout(Stdio::piped());
        let mut program = command.spawn().expect("it can be started");
        let mut said = BufReader::new(program.stdout.take().expect("it is piped"));
        let mut line = String::new();
        said.read_line(&mut line)
            .expect("it says where the book is");
        let place = line.trim().rsplit(':').next();
        let parts = place.and_then(|place| place.split_once("/?key="));
        let (port, key) = parts.unwrap_or_else(|| panic!("no address in {line:?}"));
        Learning {
            program,
            port: port.parse().expect("a port is a number"),
            key: key.to_owned(),
            said,
        }
    }

    /// The address that is printed.
    fn address(&self) -> String {
        format!("http://127.0.0.1:{}/?key={}", self.port, self.key)
    }

    /// The headers of a browser that was let in.
    fn cookie(&self) -> String {
        format!("cookie: learn-{}={}\r\n", self.port, self.key)
    }

    /// The next line of its output.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("it speaks UTF-8");
        line
    }

    /// Sends a request as it is written and reads the whole answer.
    fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").expect("a header has a value");
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Answer {
            status: status.expect("an answer has a status"),
            headers: lines.map(header).collect(),
            body: body.to_owned(),
        }
    }

    /// Asks with these headers besides the usual ones.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask_as(&self.cookie(), method, path, headers)
    }

    /// The same with another cookie header.
    fn ask_as(&self, cookie: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let more: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let port = self.port;
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n{cookie}{more}\r\n"
        ))
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    fn post(&self, path: &str) -> Answer {
        let token = self.state()["token"]
            .as_str()
            .expect("it has one")
            .to_owned();
        self.ask(
            "POST",
            path,
            &[("x-learn-token", &token), ("content-length", "0")],
        )
    }

    fn state(&self) -> Value {
        self.get("/learn/state").json()
    }

    /// A drill by its id: its slug, or `SLUG/python`.
    fn drill(&self, id: &str) -> Value {
        let state = self.state();
        let drills = state["drills"].as_array().expect("it has drills");
        let found = drills.iter().find(|drill| drill["id"] == id);
        found.expect("the drill is there").clone()
    }

    /// Waits until a drill satisfies this.
    fn await_drill(&self, id: &str, what: &str, like: impl Fn(&Value) -> bool) -> Value {
        let patience = Instant::now() + PATIENCE;
        loop {
            let drill = self.drill(id);
            if like(&drill) {
                return drill;
            }
            assert!(Instant::now() < patience, "never {what}: {drill}");
            std::thread::sleep(TICK);
        }
    }

    /// Waits until a page of the book, of the announced edition, satisfies this.
    fn await_page(&self, path: &str, like: impl Fn(&Answer) -> bool) {
        let patience = Instant::now() + PATIENCE;
        loop {
            let edition = self.state()["book"]["edition"].clone();
            let page = self.get(path);
            let told = format!("<meta name=\"learn-edition\" content={edition}>");
            if page.body.contains(&told) && like(&page) {
                return;
            }
            assert!(
                Instant::now() < patience,
                "{path}: {} {edition}",
                page.status
            );
            std::thread::sleep(TICK);
        }
    }

    /// Listens to changes.
    fn listen(&self) -> Events {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let port = self.port;
        let cookie = self.cookie();
        let request =
            format!("GET /learn/events HTTP/1.1\r\nhost: localhost:{port}\r\n{cookie}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        Events(BufReader::new(stream))
    }
}

impl Drop for Learning {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.program);
        // As Ctrl-C does: it cleans up.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.program.wait();
    }
}

/// The stream of changes.
struct Events(BufReader<TcpStream>);

impl Events {
    /// The next change of a drill.
    fn next_drill(&mut self) -> Value {
        loop {
            if let (name, drill) = self.next()
                && name == "drill"
            {
                return drill;
            }
        }
    }

    /// The next event: its name and its data.
    fn next(&mut self) -> (String, Value) {
        let mut name = None;
        loop {
            let mut line = String::new();
            let length = self.0.read_line(&mut line).expect("it goes on");
            assert!(length > 0, "the stream ended");
            if let Some(event) = line.strip_prefix("event: ") {
                name = Some(event.trim().to_owned());
            } else if let Some(data) = line.strip_prefix("data: ") {
                let data = serde_json::from_str(data).expect("it is JSON");
                return (name.expect("an event has a name"), data);
            }
        }
    }
}
