//! The worker.

use super::*;

/// A worker of a submission, and one run in it.
struct Driven {
    worker: Worker,
    run: u64,
    // Its program goes with it.
    _compiled: Compiled,
}

/// Polls that are more than enough.
const POLLS: u32 = 1_000;

/// A bound that makes a stuck test fail; no result depends on it.
const PATIENCE: Duration = Duration::from_secs(120);
const TICK: Duration = Duration::from_millis(2);

impl Driven {
    /// A fresh worker of this file.
    fn of(path: &str) -> Driven {
        let submission = Submission::read(&root().join(path)).expect("it can be read");
        let compiled = GRADER.compile(drill(), &submission);
        let compiled = compiled.expect("the machine is able").expect("it compiles");
        let limits = Limits {
            sandbox: GRADER.sandbox().clone(),
            ..Limits::default()
        };
        let worker = Worker::start(compiled.program(), &limits, Stopwatch::start());
        Driven {
            worker: worker.expect("it can be started").expect("it says hello"),
            run: 1,
            _compiled: compiled,
        }
    }

    fn open(&mut self, max_parallel: usize) {
        let open = Step::New {
            seed: SEED,
            arguments: vec![protocol::Value::from(max_parallel as u64)],
            polled: Polled::Alone,
            places: false,
        };
        assert_eq!(self.does([open]), []);
    }

    /// The events while it does this.
    #[track_caller]
    fn does(&mut self, steps: impl IntoIterator<Item = Step>) -> Vec<Event> {
        let steps = steps.into_iter().collect();
        let order = Order {
            run: self.run,
            steps,
        };
        let (mut reports, failure) = self.worker.exchange(&[order]);
        assert_eq!(failure, None);
        let events = reports.remove(0).steps.concat();
        // The amount of work is not compared here.
        let is_settled = |event: &Event| matches!(event, Event::Settled { .. });
        events.into_iter().filter(|it| !is_settled(it)).collect()
    }

    /// Lets the loop run until this many events have been seen.
    #[track_caller]
    fn sees(&mut self, count: usize) -> Vec<Event> {
        let patience = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while seen.len() < count {
            assert!(Instant::now() < patience, "only {seen:?}");
            seen.extend(self.does([Step::Settle { polls: POLLS }]));
            std::thread::sleep(TICK);
        }
        seen
    }

    /// Waits until every thread but the loop's sleeps: then nothing happens by itself.
    #[track_caller]
    fn rests(&self) {
        let patience = Instant::now() + PATIENCE;
        let look = || self.worker.threads().expect("the system says");
        while {
            let before = look();
            !(before.sleep() && look() == before)
        } {
            assert!(Instant::now() < patience, "some thread never rests");
            std::thread::sleep(TICK);
        }
    }
}

/// A request for a password that no other request has.
fn request(request: u32) -> Step {
    Step::Call {
        call: request,
        entry: "hash".to_owned(),
        arguments: vec![password(request).into()],
        again: None,
        always: false,
    }
}

fn password(request: u32) -> String {
    format!("correct horse {request}")
}

/// The first hash of a run, on a thread of its own, for this request.
fn held_for(request: u32) -> Event {
    begun(request, None, true)
}

fn begun(request: u32, call: Option<u32>, off_loop: bool) -> Event {
    Event::Begun {
        operation: 1,
        kind: "hash_password".to_owned(),
        arguments: vec![password(request).into()],
        call,
        off_loop,
    }
}

const SETTLE: Step = Step::Settle { polls: POLLS };

#[test]
fn a_hash_on_another_thread_is_held_there_until_it_is_admitted() {
    let mut driven = Driven::of(RIGHT);
    driven.open(1);
    assert_eq!(driven.does([request(1)]), []);
    assert_eq!(driven.sees(1), [held_for(1)]);
    // Its thread sleeps, so it will do nothing more by itself.
    driven.rests();
    let nonce = 5;
    let held = driven.does([SETTLE, Step::Ping { nonce }, SETTLE]);
    assert_eq!(held, [Event::Pong { nonce }], "the loop goes on meanwhile");
    driven.rests();
    let text = Ending::Ok(protocol::Value::Text("a hash".to_owned()));
    let mut seen = driven.does([Step::Answer {
        operation: 1,
        with: text.clone(),
    }]);
    while seen.len() < 2 {
        seen.extend(driven.sees(1));
    }
    let returned = Event::Returned {
        call: 1,
        with: text,
    };
    assert_eq!(seen, [Event::Ended { operation: 1 }, returned]);
}

#[test]
fn a_hash_on_the_loop_is_reported_and_is_not_held() {
    let mut driven = Driven::of(STUB);
    driven.open(1);
    let seen = driven.does([request(1), SETTLE]);
    let [first, second, Event::Returned { call: 1, with }] = &seen[..] else {
        panic!("{seen:?}");
    };
    assert_eq!(first, &begun(1, Some(1), false));
    assert_eq!(second, &Event::Ended { operation: 1 });
    assert!(
        matches!(with, Ending::Ok(protocol::Value::Text(_))),
        "{with:?}"
    );
}

#[test]
fn the_end_of_a_run_frees_the_threads_it_held() {
    let mut driven = Driven::of(RIGHT);
    let before = driven.worker.threads();
    driven.open(2);
    driven.does([request(1), request(2)]);
    let seen = driven.sees(2);
    assert!(seen.iter().all(|it| matches!(it, Event::Begun { .. })));
    assert_ne!(driven.worker.threads(), before, "two threads are held");
    assert_eq!(
        driven.does([Step::End]),
        [],
        "nobody hears of them any more"
    );
    let patience = Instant::now() + PATIENCE;
    while driven.worker.threads() != before {
        assert!(Instant::now() < patience, "{:?}", driven.worker.threads());
        std::thread::sleep(TICK);
    }
    // The next run counts anew.
    driven.run += 1;
    driven.open(1);
    driven.does([request(3)]);
    assert_eq!(driven.sees(1), [held_for(3)]);
}
