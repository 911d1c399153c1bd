//! What drill `SLUG` calls in a submission. The crate must offer exactly this.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use kit::supervised::Supply;
use submission::{LoopMonitor, Report};
use worker::protocol::{Ending, Value};
use worker::{Arguments, Call, CallFuture, Subject, run, seen};

/// All monitors of the run, by their places.
struct Monitors(Rc<RefCell<Vec<Option<LoopMonitor>>>>);

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
        let Some(Some(monitor)) = monitors.get(look.arguments.count(0)) else {
            return Value::Nothing;
        };
        let Report { stalls, longest } = monitor.report();
        let longest: Duration = longest;
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        Value::List(vec![seen::<u64>(stalls), seen::<u64>(micros)])
    }
}

fn main() -> ExitCode {
    run(|supply, arguments| {
        let monitors = arguments.list(0).iter().map(|monitor| {
            let with = Arguments(monitor.list());
            let [every, threshold] = [0, 1].map(|place| Duration::from_micros(with.id(place)));
            Some(LoopMonitor::start(supply.clock(), every, threshold))
        });
        Box::new(Monitors(Rc::new(RefCell::new(monitors.collect()))))
    })
}
