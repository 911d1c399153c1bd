//! What a connection costs that only waits: thousands of real ones, all over
//! loopback, held once by the tasks of one event loop and once by threads.
//!
//! `cargo run -p listings --bin idle`; `--connections 5000 --threads 500` for
//! less. Linux only. It ends by itself.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::{env, thread};

use listings::machine::Machine;
use listings::usage::{Usage, kernel_memory};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Files a process needs besides its connections.
const OTHER_FILES: u64 = 32;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [role, count] = &arguments[..]
        && let Ok(count) = count.parse()
    {
        match &**role {
            "tasks" => return hold_with_tasks(count),
            "threads" => return hold_with_threads(count),
            _ => {}
        }
    }
    let connections = option(&arguments, "--connections").unwrap_or(20_000);
    let threads = option(&arguments, "--threads").unwrap_or(2_000);

    let most = raise_the_limit_on_files()?;
    println!(
        "| held by | connections | answered | reserved, each | resident, each | kernel, each |"
    );
    println!("|---|---|---|---|---|---|");
    for (role, asked) in [("tasks", connections), ("threads", threads)] {
        let count = asked.min(most);
        let held = Held::by(role, count)?;
        println!("{held}");
        if count < asked {
            eprintln!(
                "this machine allows {most} connections in one process, so {count} and not {asked}"
            );
        }
    }
    println!("\n{}.", capitalised(&Machine::this().to_string()));
    Ok(())
}

fn option(arguments: &[String], name: &str) -> Option<u64> {
    let place = arguments.iter().position(|argument| argument == name)?;
    arguments.get(place + 1)?.parse().ok()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Raises the limit as far as it may be, and says how many connections fit.
fn raise_the_limit_on_files() -> io::Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised)?;
    // A missing figure means that there is no limit.
    Ok(limit
        .maximum
        .map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES)))
}

/// What one way of holding connections took.
struct Held {
    role: &'static str,
    count: u64,
    answered: u64,
    reserved: u64,
    resident: u64,
    kernel: u64,
}

impl Held {
    /// Lets another process hold `count` connections, whose other ends are here.
    fn by(role: &'static str, count: u64) -> io::Result<Held> {
        let kernel_before = kernel_memory()?;
        let mut server = Server::start(role, count)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.number()? as u16));
        // Each one is answered before the next is made: the queue of those that the
        // server has not accepted yet is short, and overflowing it takes seconds.
        let connect = |_| {
            let mut connection = TcpStream::connect(address)?;
            is_answered(&mut connection)?;
            Ok(connection)
        };
        let connections: io::Result<Vec<TcpStream>> = (0..count).map(connect).collect();
        let mut connections = connections?;
        let (reserved, resident) = (server.number()?, server.number()?);
        let kernel = kernel_memory()?.saturating_sub(kernel_before);
        // Held to the end: all of them still answer.
        let mut answered = 0;
        for connection in &mut connections {
            answered += u64::from(is_answered(connection)?);
        }
        drop(connections);
        server.end()?;
        Ok(Held {
            role,
            count,
            answered,
            reserved,
            resident,
            kernel,
        })
    }
}

fn is_answered(connection: &mut TcpStream) -> io::Result<bool> {
    connection.write_all(b"?")?;
    let mut answer = [0];
    connection.read_exact(&mut answer)?;
    Ok(answer == *b"?")
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Held {
            role,
            count,
            answered,
            ..
        } = self;
        let each = |bytes: u64| format!("{:.1}\u{a0}KiB", bytes as f64 / *count as f64 / 1024.0);
        let (reserved, resident, kernel) =
            (each(self.reserved), each(self.resident), each(self.kernel));
        write!(
            f,
            "| {role} | {count} | {answered} | {reserved} | {resident} | {kernel} |"
        )
    }
}

/// A process of its own, so that nothing else is counted.
struct Server {
    process: Child,
    says: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(role: &str, count: u64) -> io::Result<Server> {
        let mut process = Command::new(env::current_exe()?)
            .args([role, &count.to_string()])
            // Else the allocator reserves 64 MiB for some of the threads, which
            // has nothing to do with connections.
            .env("MALLOC_ARENA_MAX", "1")
            .stdout(Stdio::piped())
            .spawn()?;
        let says = process.stdout.take().expect("it was asked for");
        Ok(Server {
            process,
            says: BufReader::new(says),
        })
    }

    fn number(&mut self) -> io::Result<u64> {
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        line.trim().parse().map_err(io::Error::other)
    }

    fn end(mut self) -> io::Result<()> {
        let status = self.process.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("a server ended with {status}")))
        }
    }
}

/// Says how much more it takes than before.
fn tell(before: Usage) -> io::Result<()> {
    let now = Usage::now()?;
    println!("{}", now.reserved.saturating_sub(before.reserved));
    println!("{}", now.resident.saturating_sub(before.resident));
    Ok(())
}

// ANCHOR: tasks
#[tokio::main(flavor = "current_thread")]
async fn hold_with_tasks(count: u64) -> io::Result<()> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let before = Usage::now()?;
    let mut tasks = Vec::new();
    for _ in 0..count {
        let (mut connection, _) = listener.accept().await?;
        tasks.push(tokio::spawn(async move {
            let mut buffer = [0; 1024];
            while let Ok(length @ 1..) = connection.read(&mut buffer).await {
                connection.write_all(&buffer[..length]).await?;
            }
            io::Result::Ok(())
        }));
    }
    // ANCHOR_END: tasks
    // Lets the last ones come to their first await.
    tokio::task::yield_now().await;
    tell(before)?;
    for task in tasks {
        task.await??;
    }
    Ok(())
}

// ANCHOR: threads
fn hold_with_threads(count: u64) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    let before = Usage::now()?;
    let mut threads = Vec::new();
    for _ in 0..count {
        let (mut connection, _) = listener.accept()?;
        let thread = thread::Builder::new().spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(length @ 1..) = connection.read(&mut buffer) {
                connection.write_all(&buffer[..length])?;
            }
            io::Result::Ok(())
        })?;
        threads.push(thread);
    }
    // ANCHOR_END: threads
    tell(before)?;
    for thread in threads {
        thread.join().expect("it does not panic")?;
    }
    Ok(())
}
