//! The same two jobs as tasks of one event loop and as threads: one job waits
//! for the network, the other one computes.
//!
//! `cargo run --profile grader -p listings --bin tasks_or_threads`; `--quick` for a
//! short run whose figures mean little. Linux only. It ends by itself.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, thread};

use futures::future::try_join_all;
use kit::hash_password;
use listings::machine::Machine;
use listings::usage::Usage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::{spawn_blocking, spawn_local};

const WAYS: &[&str] = &[
    "wait tasks",
    "wait threads",
    "compute tasks",
    "compute threads",
    "compute offloaded",
];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [job, way, count] = &arguments[..] {
        let count = count.parse().map_err(io::Error::other)?;
        return measure(&format!("{job} {way}"), count);
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let (waits, hashes) = if quick { (20, 2) } else { (1_000, 8) };
    println!("| job | as | done | took | CPU time | memory at most |");
    println!("|---|---|---|---|---|---|");
    for way in WAYS {
        let (job, _) = way.split_once(' ').expect("a job and a way");
        let count = if job == "wait" { waits } else { hashes };
        // A process of its own, so that nothing else is counted.
        let mut command = Command::new(env::current_exe()?);
        command.args(way.split(' ')).arg(count.to_string());
        let output = command.output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
        }
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    let machine = Machine::this().to_string();
    println!("\n{}{}.", machine[..1].to_uppercase(), &machine[1..]);
    Ok(())
}

/// Does one job in one way and prints a row of the table.
fn measure(way: &str, count: usize) -> io::Result<()> {
    // It answers each byte 100 ms later, and takes part in no figure but the memory.
    let server = start_a_slow_server()?;
    let before = Usage::now()?;
    let start = Instant::now();
    let done = match way {
        "wait tasks" => on_one_loop(wait_as_tasks(server, count))?,
        "wait threads" => as_threads(count, move || ask(server))?,
        "compute tasks" => on_one_loop(compute_as_tasks(count))?,
        "compute threads" => as_threads(count, hash)?,
        "compute offloaded" => on_one_loop(compute_offloaded(count))?,
        _ => return Err(io::Error::other(format!("there is no way `{way}`"))),
    };
    let took = start.elapsed();
    let now = Usage::now()?;
    let (job, kind) = match way {
        "wait tasks" => ("wait 100 ms for the network", "tasks"),
        "wait threads" => ("wait 100 ms for the network", "threads"),
        "compute tasks" => ("compute a hash", "tasks"),
        "compute threads" => ("compute a hash", "threads"),
        _ => ("compute a hash", "tasks that offload"),
    };
    let cpu = now.cpu.saturating_sub(before.cpu).as_millis();
    let memory = now.peak as f64 / f64::from(1 << 20);
    println!(
        "| {job} | {kind} | {done} of {count} | {}\u{a0}ms | {cpu}\u{a0}ms | {memory:.0}\u{a0}MiB |",
        took.as_millis()
    );
    Ok(())
}

fn on_one_loop<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime can be built");
    tokio::task::LocalSet::new().block_on(&runtime, work)
}

// ANCHOR: wait
async fn wait_as_tasks(server: SocketAddr, count: usize) -> io::Result<usize> {
    let tasks = (0..count).map(|_| {
        spawn_local(async move {
            let mut connection = tokio::net::TcpStream::connect(server).await?;
            connection.write_all(b"?").await?;
            connection.read_exact(&mut [0]).await
        })
    });
    Ok(try_join_all(tasks).await?.into_iter().flatten().count())
}

fn ask(server: SocketAddr) -> io::Result<()> {
    let mut connection = TcpStream::connect(server)?;
    connection.write_all(b"?")?;
    connection.read_exact(&mut [0])
}
// ANCHOR_END: wait

// ANCHOR: compute
fn hash() -> io::Result<()> {
    hash_password("correct horse")
        .map(drop)
        .map_err(io::Error::other)
}

async fn compute_as_tasks(count: usize) -> io::Result<usize> {
    let tasks = (0..count).map(|_| spawn_local(async { hash() }));
    Ok(try_join_all(tasks).await?.into_iter().flatten().count())
}

async fn compute_offloaded(count: usize) -> io::Result<usize> {
    let tasks = (0..count).map(|_| spawn_blocking(hash));
    Ok(try_join_all(tasks).await?.into_iter().flatten().count())
}
// ANCHOR_END: compute

fn as_threads(
    count: usize,
    job: impl Fn() -> io::Result<()> + Copy + Send + 'static,
) -> io::Result<usize> {
    let threads: Vec<_> = (0..count)
        .map(|_| thread::Builder::new().spawn(job))
        .collect::<Result<_, _>>()?;
    let ends = threads.into_iter().map(|thread| thread.join());
    Ok(ends.filter(|end| matches!(end, Ok(Ok(())))).count())
}

/// A server in another process would be cleaner, and would need to be ended.
fn start_a_slow_server() -> io::Result<SocketAddr> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        on_one_loop(async move {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            // Room for all of them at once: who finds none tries again a second later.
            let listener = socket.listen(4096)?;
            let _ = tell.send(listener.local_addr());
            loop {
                let (mut connection, _) = listener.accept().await?;
                spawn_local(async move {
                    let mut byte = [0];
                    connection.read_exact(&mut byte).await?;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    connection.write_all(&byte).await
                });
            }
            #[expect(unreachable_code, reason = "it names the type of the errors above")]
            io::Result::Ok(())
        })
    });
    told.recv().map_err(io::Error::other)?
}
