//! What drill `loop_monitor` calls in a submission. The crate must offer exactly this.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use kit::supervised::Supply;
use submission::{LoopMonitor, Report};
use worker::protocol::{Ending, Value};
use worker::{Arguments, Call, CallFuture, Subject, run, seen};

/// A monitor with its own clock, or the place of one that was dropped.
struct Place {
    monitor: Option<(LoopMonitor, Clock)>,
    every: Duration,
    threshold: Duration,
}

impl Place {
    fn start(&mut self, clock: Clock) {
        let monitor = LoopMonitor::start(clock.clone(), self.every, self.threshold);
        self.monitor = Some((monitor, clock));
    }
}

/// All monitors of the run.
struct Monitors(Rc<RefCell<Vec<Place>>>);

impl Subject for Monitors {
    /// Drops a monitor, or starts the one that was dropped again.
    fn call(&self, call: Call<'_>, supply: &Supply) -> CallFuture {
        let (places, place) = (Rc::clone(&self.0), call.arguments.count(0));
        let clock = supply.clock();
        Box::pin(async move {
            let monitor = match places.borrow_mut().get_mut(place) {
                Some(place) if place.monitor.is_none() => {
                    place.start(clock);
                    None
                }
                Some(place) => place.monitor.take(),
                None => None,
            };
            drop(monitor);
            Ending::Ok(Value::Nothing)
        })
    }

    fn look(&self, look: Call<'_>) -> Value {
        let places = self.0.borrow();
        let place = places.get(look.arguments.count(0));
        let Some((monitor, clock)) = place.and_then(|place| place.monitor.as_ref()) else {
            return Value::Nothing;
        };
        let Report { stalls, longest } = monitor.report();
        let longest: Duration = longest;
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        let under_way = clock.sleeps_under_way();
        Value::List(vec![
            seen::<u64>(stalls),
            seen::<u64>(micros),
            seen::<u64>(under_way),
        ])
    }
}

fn main() -> ExitCode {
    run(|supply, arguments| {
        let monitors = arguments.list(0).iter().map(|monitor| {
            let with = Arguments(monitor.list());
            let [every, threshold] = [0, 1].map(|place| Duration::from_micros(with.id(place)));
            let mut place = Place {
                monitor: None,
                every,
                threshold,
            };
            place.start(supply.clock());
            place
        });
        Box::new(Monitors(Rc::new(RefCell::new(monitors.collect()))))
    })
}
