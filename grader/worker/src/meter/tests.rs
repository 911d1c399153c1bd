//! The meter's rule on scripted numbers; no assertion here depends on a clock.

use std::time::{Duration, Instant};

use super::off_loop::Piece;
use super::readings::parse_schedstat;
use super::{LoopMeter, Method, OffLoopWork, PollReading, Reading, Readings, ThreadReadings};

/// Hands out the numbers it was given.
struct Scripted {
    method: Method,
    readings: std::vec::IntoIter<Reading>,
}

impl Readings for Scripted {
    fn read(&mut self) -> Reading {
        self.readings
            .next()
            .expect("a reading for each poll's ends")
    }

    fn method(&self) -> Method {
        self.method
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// One poll that began at 100 ms, given what it added to each number, in ms.
struct Poll {
    wall: u64,
    cpu: u64,
    run_queue: Option<u64>,
    switches: Option<u64>,
}

impl Poll {
    fn measured(&self, work: &[Piece]) -> PollReading {
        let before = Reading {
            at: ms(100),
            cpu: ms(7),
            run_queue: self.run_queue.map(|_| ms(3)),
            voluntary_switches: self.switches.map(|_| 5),
        };
        let after = Reading {
            at: ms(100 + self.wall),
            cpu: ms(7 + self.cpu),
            run_queue: self.run_queue.map(|it| ms(3 + it)),
            voluntary_switches: self.switches.map(|it| 5 + it),
        };
        let off_loop = OffLoopWork::since(Instant::now());
        work.iter().for_each(|piece| off_loop.add(*piece));
        let mut meter = LoopMeter::with(scripted(vec![before, after]), off_loop);
        meter.before_poll();
        meter.after_poll().expect("a poll that began")
    }

    fn stall(&self, work: &[Piece]) -> u64 {
        self.measured(work).stall_micros / 1000
    }
}

fn scripted(readings: Vec<Reading>) -> Scripted {
    Scripted {
        method: Method::RunQueueCorrected,
        readings: readings.into_iter(),
    }
}

fn poll(wall: u64, cpu: u64, run_queue: u64, switches: u64) -> Poll {
    Poll {
        wall,
        cpu,
        run_queue: Some(run_queue),
        switches: Some(switches),
    }
}

/// Work from `begin` to `end`, in ms since the meter's start.
fn work(begin: u64, end: u64, delayed_before: u64, delayed: u64) -> Piece {
    Piece {
        begin: ms(begin),
        end: ms(end),
        delayed_before: ms(delayed_before),
        delayed: ms(delayed),
    }
}

#[test]
fn a_poll_that_computes_stalls_the_loop_for_its_cpu_time() {
    assert_eq!(poll(20, 20, 0, 0).stall(&[]), 20);
}

#[test]
fn a_poll_that_sleeps_stalls_the_loop_as_long() {
    assert_eq!(poll(20, 0, 0, 1).stall(&[]), 20);
}

#[test]
fn waiting_for_a_core_is_not_a_stall() {
    assert_eq!(poll(31, 0, 31, 0).stall(&[]), 0);
    assert_eq!(poll(51, 20, 31, 0).stall(&[]), 20, "beside computing");
    assert_eq!(poll(51, 0, 31, 1).stall(&[]), 20, "when it wakes up");
}

#[test]
fn time_stolen_by_a_hypervisor_is_not_a_stall() {
    // Neither running nor in the run queue, and it never gave up its core.
    assert_eq!(poll(40, 2, 0, 0).stall(&[]), 2);
}

#[test]
fn many_short_sleeps_add_up() {
    assert_eq!(poll(60, 1, 39, 20).stall(&[]), 21);
}

#[test]
fn without_run_queue_delays_a_poll_that_computes_counts_its_cpu_time() {
    let poll = Poll {
        wall: 51,
        cpu: 20,
        run_queue: None,
        switches: Some(0),
    };
    assert_eq!(poll.stall(&[]), 20);
}

#[test]
fn without_run_queue_delays_a_poll_that_sleeps_counts_its_wall_time() {
    let poll = Poll {
        wall: 23,
        cpu: 0,
        run_queue: None,
        switches: Some(1),
    };
    assert_eq!(poll.stall(&[]), 23);
}

#[test]
fn without_any_of_it_only_cpu_time_counts() {
    let poll = Poll {
        wall: 23,
        cpu: 4,
        run_queue: None,
        switches: None,
    };
    assert_eq!(poll.stall(&[]), 4);
}

#[test]
fn a_joined_threads_wait_for_a_core_is_excused() {
    // Joined at once; born after 30 ms, then 20 ms of work within 80 ms.
    let reading = poll(110, 0, 0, 1).measured(&[work(130, 210, 30, 60)]);
    assert_eq!(reading.stall_micros, 20_000);
    assert_eq!(reading.excused_micros, 90_000);
}

#[test]
fn the_same_moment_is_not_excused_twice() {
    // The loop's thread and the other waited at the same time, for 50 ms.
    assert_eq!(poll(75, 0, 55, 1).stall(&[work(100, 170, 0, 50)]), 20);
}

#[test]
fn work_in_a_row_is_excused_and_work_beside_it_is_not() {
    let first = work(100, 140, 0, 20);
    let beside = work(120, 190, 0, 45);
    let last = work(150, 200, 10, 30);
    assert_eq!(poll(100, 0, 0, 2).stall(&[first, beside, last]), 40);
}

#[test]
fn a_joined_threads_end_is_excused_as_its_work_is() {
    let (work, end) = (work(100, 120, 0, 0), work(120, 128, 0, 8));
    assert_eq!(poll(28, 0, 0, 1).stall(&[work, end]), 20);
}

#[test]
fn work_begun_before_the_poll_is_excused_in_part() {
    assert_eq!(poll(50, 0, 0, 1).stall(&[work(50, 150, 0, 40)]), 30);
}

#[test]
fn work_the_poll_did_not_wait_for_changes_nothing() {
    let hashing = work(101, 121, 0, 0);
    assert_eq!(poll(31, 0, 31, 0).stall(&[hashing]), 0, "never blocked");
    assert_eq!(
        poll(20, 0, 0, 1).stall(&[work(10, 90, 0, 70)]),
        20,
        "ended before"
    );
    assert_eq!(
        poll(20, 0, 0, 1).stall(&[work(90, 130, 0, 30)]),
        20,
        "ended after"
    );
}

#[test]
fn a_stall_is_never_longer_than_its_poll() {
    assert_eq!(poll(10, 0, 0, 1).stall(&[work(80, 110, 0, 0)]), 10);
    assert_eq!(
        poll(10, 12, 0, 0).stall(&[]),
        10,
        "two clocks differ a little"
    );
}

#[test]
fn quantiles_count_every_poll_and_long_stalls_are_kept() {
    let stalls = [2, 0, 20, 0, 0, 0, 0, 0, 0, 0];
    let mut now = Reading {
        run_queue: Some(Duration::ZERO),
        voluntary_switches: Some(0),
        ..Reading::default()
    };
    let mut script = Vec::new();
    for stall in stalls {
        script.push(now);
        now.at += ms(stall);
        now.cpu += ms(stall);
        script.push(now);
        now.at += ms(5);
    }
    let mut meter = LoopMeter::with(scripted(script), OffLoopWork::since(Instant::now()));
    for _ in stalls {
        meter.before_poll();
        meter.after_poll();
    }
    let latency = meter.take();
    assert_eq!(latency.polls(), 10);
    assert_eq!(latency.max_micros(), 20_000);
    assert_eq!(latency.quantile_micros(0.5), 0);
    assert_eq!(latency.quantile_micros(0.9) / 10, 200);
    let kept: Vec<_> = latency
        .stalls()
        .iter()
        .map(|it| (it.start_micros, it.stall_micros))
        .collect();
    assert_eq!(kept, [(0, 2_000), (12_000, 20_000)]);
    assert_eq!(meter.take().polls(), 0, "it begins anew");
}

#[test]
fn an_end_without_a_beginning_is_not_a_poll() {
    let mut meter = LoopMeter::with(scripted(Vec::new()), OffLoopWork::since(Instant::now()));
    assert_eq!(meter.after_poll(), None);
    assert_eq!(meter.take().polls(), 0);
}

#[test]
fn schedstat_counts_only_where_the_kernel_does() {
    assert_eq!(
        parse_schedstat("72718 50636 2\n"),
        Some(Duration::from_nanos(50_636))
    );
    let newborn = parse_schedstat("0 31 1\n");
    assert_eq!(newborn, Some(Duration::from_nanos(31)));
    assert_eq!(parse_schedstat("0 0 0\n"), None);
    assert_eq!(parse_schedstat(""), None);
}

#[test]
#[cfg(target_os = "linux")]
fn a_real_poll_that_slept_gave_up_its_core() {
    let mut meter = LoopMeter::start();
    meter.before_poll();
    std::thread::sleep(Duration::from_micros(100));
    let slept = meter.after_poll().expect("a poll that began");
    assert!(slept.voluntary_switches >= 1, "{slept:?}");
}

#[test]
fn a_newborn_thread_is_measured_as_any_other() {
    let newborn = std::thread::spawn(|| ThreadReadings::open().method());
    let method = newborn.join().expect("it does nothing that could fail");
    assert_eq!(method, ThreadReadings::open().method());
}

#[test]
fn a_real_account_of_work_reaches_the_poll_that_waited() {
    let mut meter = LoopMeter::start();
    let off_loop = meter.off_loop_work();
    meter.before_poll();
    let worker = std::thread::spawn(move || drop(off_loop.begin()));
    worker.join().expect("it does nothing that could fail");
    let told = meter.off_loop_work().excuse(Duration::ZERO, Duration::MAX);
    assert_ne!(told, super::off_loop::Excuse::default());
}
