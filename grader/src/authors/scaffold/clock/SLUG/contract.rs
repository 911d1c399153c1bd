//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use kit::supervised::Supply;
use submission::{LoopMonitor, Report};
use worker::protocol::{Ending, Value};
use worker::{Arguments, Call, CallFuture, Subject, run, seen};

/// All monitors of the run, by their places, each with its own clock.
struct Monitors(Rc<RefCell<Vec<Option<(LoopMonitor, Clock)>>>>);

impl Subject for Monitors {
    fn call(&self, call: Call<'_>, _: &Supply) -> CallFuture {
        let (monitors, place) = (Rc::clone(&self.0), call.arguments.count(0));
        Box::pin(async move {
            let monitor = monitors.borrow_mut().get_mut(place).and_then(Option::take);
            drop(monitor);
            Ending::Ok(Value::Nothing)
        })
    }

    fn look(&self, look: Call<'_>) -> Value {
        let monitors = self.0.borrow();
        let Some(Some((monitor, clock))) = monitors.get(look.arguments.count(0)) else {
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
            let clock = supply.clock();
            Some((LoopMonitor::start(clock.clone(), every, threshold), clock))
        });
        Box::new(Monitors(Rc::new(RefCell::new(monitors.collect()))))
    })
}
