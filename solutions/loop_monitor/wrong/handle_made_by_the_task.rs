//! Wrong: the task makes its own switch; a monitor dropped before has none. Caught by: dropped

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use tokio::sync::oneshot;
use tokio::task::spawn_local;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

#[derive(Default)]
struct Shared {
    report: Cell<Report>,
    switch: RefCell<Option<oneshot::Sender<()>>>,
}

pub struct LoopMonitor {
    shared: Rc<Shared>,
}

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let shared = Rc::new(Shared::default());
        spawn_local(measure(Rc::clone(&shared), clock, every, threshold));
        Self { shared }
    }

    pub fn report(&self) -> Report {
        self.shared.report.get()
    }
}

async fn measure(shared: Rc<Shared>, clock: Clock, every: Duration, threshold: Duration) {
    let (switch, mut off) = oneshot::channel();
    shared.switch.replace(Some(switch));
    loop {
        let due = clock.now() + every;
        tokio::select! {
            _ = &mut off => return,
            () = clock.sleep(every) => {}
        }
        let late = clock.now().saturating_sub(due);
        let mut report = shared.report.get();
        report.stalls += u64::from(late > threshold);
        report.longest = report.longest.max(late);
        shared.report.set(report);
    }
}

impl Drop for LoopMonitor {
    fn drop(&mut self) {
        // The task ends when its switch is gone.
        self.shared.switch.take();
    }
}
