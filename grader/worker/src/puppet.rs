//! The puppet: reads orders from the channel, carries them out, reports.
//!
//! Its entry is [`run`], called by the few lines of glue that name the
//! submission's types. It exits when the channel ends.

use std::alloc::System;
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;

use cap::Cap;
use kit::supervised::{Connection, Counter, Hasher};

use crate::gate::Gate;
use crate::instance::Instance;
use crate::journal::remember_panics;
use crate::meter::LoopMeter;
use crate::picture::{keep_meter, watch};
use crate::protocol::{Event, Hello, MAX_MESSAGE_BYTES, Order, PROTOCOL, Report, Step};
use crate::steps::Steps;
use crate::subject::NewSubject;

/// Counts what the process holds, for [`Step::Measure`].
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Serves the channel on standard input until it ends.
///
/// Before that, and so before any line of the submission, it opens all it will ever
/// open and seals the process. The program's arguments say how: the sandbox's seal,
/// then how many bytes the heap may hold.
///
/// It fails, and says why on standard error, when standard input is not a socket,
/// when the other side breaks the protocol, or when the process cannot be sealed.
#[expect(
    clippy::print_stderr,
    reason = "there is nobody else to tell: the channel is what failed"
)]
pub fn run(new_subject: NewSubject) -> ExitCode {
    match act_out(new_subject) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the worker gave up: {error}");
            ExitCode::FAILURE
        }
    }
}

fn act_out(new_subject: NewSubject) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let connection = kit::supervised::connect();
    let connection = connection.ok_or_else(|| io::Error::other("the puppet runs only once"))?;
    remember_panics();
    // Done now, while files may still be opened.
    keep_meter(LoopMeter::start());
    let gate = Arc::new(Gate::default());
    connection.supervise_hashing(Arc::clone(&gate) as Arc<dyn Hasher>);
    let steps = Arc::new(Steps::default());
    connection.supervise_steps(Arc::clone(&steps) as Arc<dyn Counter>);
    let common = Common {
        connection,
        gate,
        steps,
        new_subject,
    };
    let channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut arguments = std::env::args().skip(1);
    let seal = arguments.next();
    if let Some(heap) = arguments.next() {
        let heap = heap.parse().map_err(io::Error::other)?;
        ALLOCATOR
            .set_limit(heap)
            .map_err(|_| io::Error::other("the heap is too small"))?;
    }
    sandbox::seal(seal.as_deref())?;
    serve(channel, &Rc::new(common))
}

/// What all runs share.
pub(crate) struct Common {
    pub(crate) connection: Connection,
    pub(crate) gate: Arc<Gate>,
    pub(crate) steps: Arc<Steps>,
    pub(crate) new_subject: NewSubject,
}

fn serve(channel: UnixStream, common: &Rc<Common>) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, channel.try_clone()?);
    // Smaller than the reports of one batch of orders, so that the grader reads the
    // first reports while the last ones are being made.
    let mut writer = BufWriter::with_capacity(1 << 13, channel);
    send(&mut writer, &Hello { protocol: PROTOCOL })?;
    let mut runs: HashMap<u64, Instance> = HashMap::new();
    let mut line = String::new();
    loop {
        line.clear();
        if reader.buffer().is_empty() {
            // No further order has come, so the grader is waiting.
            writer.flush()?;
        }
        let limit = MAX_MESSAGE_BYTES as u64 + 1;
        if reader.by_ref().take(limit).read_line(&mut line)? == 0 {
            // It exits rather than returns: dropping open runs would run code of the submission.
            std::process::exit(0);
        }
        let order: Order = serde_json::from_str(&line)?;
        let report = carry_out(order, &mut runs, common);
        send(&mut writer, &report)?;
    }
}

fn carry_out(order: Order, runs: &mut HashMap<u64, Instance>, common: &Rc<Common>) -> Report {
    let run = order.run;
    let steps = order.steps.into_iter().map(|step| match step {
        Step::New {
            seed,
            arguments,
            polled,
            // A future does not know its line.
            places: _,
        } => {
            if let Some(old) = runs.remove(&run) {
                old.end();
            }
            let mut instance = Instance::new(seed, &arguments, polled, common);
            let events = instance.take_events();
            runs.insert(run, instance);
            events
        }
        Step::Watch {
            max_parallel,
            passwords,
        } => vec![Event::Watched {
            picture: watch(common, max_parallel, passwords),
        }],
        Step::Measure => vec![Event::Holds {
            bytes: ALLOCATOR.allocated() as u64,
        }],
        Step::End => runs.remove(&run).map(Instance::end).unwrap_or_default(),
        step => runs
            .get_mut(&run)
            .map(|it| it.step(step))
            .unwrap_or_default(),
    });
    Report {
        run,
        steps: steps.collect(),
    }
}

fn send(writer: &mut impl Write, message: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *writer, message)?;
    writer.write_all(b"\n")
}
