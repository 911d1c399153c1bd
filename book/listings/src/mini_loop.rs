//! An event loop small enough to read: tasks, wakers, timers and nothing else.

// ANCHOR: imports
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
// ANCHOR_END: imports

// ANCHOR: waker
/// Wakes one task: puts its number into the loop's queue. Any thread may do it.
struct TaskWaker {
    task: u64,
    queue: Sender<u64>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        // The loop may be gone already; then there is nobody to wake.
        let _ = self.queue.send(self.task);
    }
}
// ANCHOR_END: waker

// ANCHOR: state
type Task = Pin<Box<dyn Future<Output = ()>>>;

/// One thread, its tasks, and what they wait for.
pub struct EventLoop {
    tasks: RefCell<HashMap<u64, Task>>,
    timers: RefCell<BTreeMap<(Instant, u64), Waker>>,
    numbers: Cell<u64>,
    now: Cell<Instant>,
    queue: Sender<u64>,
    woken: Receiver<u64>,
}
// ANCHOR_END: state

impl EventLoop {
    /// A loop without tasks.
    pub fn new() -> Rc<EventLoop> {
        let (queue, woken) = channel();
        Rc::new(EventLoop {
            tasks: RefCell::default(),
            timers: RefCell::default(),
            numbers: Cell::new(0),
            now: Cell::new(Instant::now()),
            queue,
            woken,
        })
    }

    // ANCHOR: spawn
    /// Adds a task. It is ready at once; nothing of it runs before `run`.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let number = self.next_number();
        self.tasks.borrow_mut().insert(number, Box::pin(task));
        let _ = self.queue.send(number);
    }

    /// Waits until `delay` has passed since the loop last looked at the clock.
    pub async fn sleep(&self, delay: Duration) {
        let (deadline, number) = (self.now.get() + delay, self.next_number());
        poll_fn(|context| {
            if self.now.get() >= deadline {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            self.timers.borrow_mut().insert((deadline, number), waker);
            Poll::Pending
        })
        .await;
    }
    // ANCHOR_END: spawn

    // ANCHOR: run
    /// Runs until no task is left.
    pub fn run(&self) {
        while !self.tasks.borrow().is_empty() {
            let first = self.wait_for_a_task();
            // One turn: whoever is woken now. Who is woken meanwhile comes next turn.
            let turn: Vec<u64> = first.into_iter().chain(self.woken.try_iter()).collect();
            for number in turn {
                self.poll(number);
            }
            self.now.set(Instant::now());
            self.fire_timers();
        }
    }

    /// Sleeps until a task is woken, and names it, or until a timer is due.
    fn wait_for_a_task(&self) -> Option<u64> {
        let first_timer = self.timers.borrow().keys().next().copied();
        match first_timer {
            None => self.woken.recv().ok(),
            Some((due, _)) => {
                let rest = due.saturating_duration_since(Instant::now());
                self.woken.recv_timeout(rest).ok()
            }
        }
    }

    fn fire_timers(&self) {
        let later = self.timers.borrow_mut().split_off(&(self.now.get(), u64::MAX));
        for waker in self.timers.replace(later).into_values() {
            waker.wake();
        }
    }

    fn poll(&self, number: u64) {
        // Out of the map, so that the task can spawn others while it runs.
        let Some(mut task) = self.tasks.borrow_mut().remove(&number) else {
            return; // Woken again after it had ended.
        };
        let queue = self.queue.clone();
        let waker = Waker::from(Arc::new(TaskWaker { task: number, queue }));
        if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.tasks.borrow_mut().insert(number, task);
        }
    }
    // ANCHOR_END: run

    fn next_number(&self) -> u64 {
        self.numbers.replace(self.numbers.get() + 1)
    }
}

// ANCHOR: helper
/// Runs `work` on a thread of its own and waits for it without blocking the loop.
async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (answer, arrived) = channel();
    let mut work = Some(work);
    poll_fn(move |context| {
        if let Some(work) = work.take() {
            let (answer, waker) = (answer.clone(), context.waker().clone());
            thread::spawn(move || {
                let _ = answer.send(work());
                waker.wake();
            });
        }
        arrived.try_recv().map_or(Poll::Pending, Poll::Ready)
    })
    .await
}
// ANCHOR_END: helper

// ANCHOR: main
/// Three tasks on one loop: two wait for timers, one for another thread.
pub fn main() {
    let event_loop = EventLoop::new();
    for (name, rest) in [("slow", 400), ("quick", 200)] {
        let timers = Rc::clone(&event_loop);
        event_loop.spawn(async move {
            println!("{name}: begins, and waits for a timer");
            timers.sleep(Duration::from_millis(rest)).await;
            println!("{name}: woken by its timer");
        });
    }
    event_loop.spawn(async {
        println!("sum: begins, and waits for another thread");
        let sum: u64 = elsewhere(|| (1..=1000).sum()).await;
        println!("sum: woken by that thread with {sum}");
    });
    event_loop.run();
}
// ANCHOR_END: main

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(tasks: impl FnOnce(&Rc<EventLoop>, &Rc<RefCell<Vec<&'static str>>>)) -> Vec<&'static str> {
        let (event_loop, log) = (EventLoop::new(), Rc::default());
        tasks(&event_loop, &log);
        event_loop.run();
        log.take()
    }

    #[test]
    fn timers_fire_in_the_order_of_their_deadlines() {
        let order = ran(|event_loop, log| {
            for (name, rest) in [("third", 30), ("first", 10), ("second", 20)] {
                let (timers, log) = (Rc::clone(event_loop), Rc::clone(log));
                event_loop.spawn(async move {
                    timers.sleep(Duration::from_micros(rest)).await;
                    log.borrow_mut().push(name);
                });
            }
        });
        assert_eq!(order, ["first", "second", "third"]);
    }

    #[test]
    fn a_task_may_spawn_another_one() {
        let order = ran(|event_loop, log| {
            let (spawner, outer) = (Rc::clone(event_loop), Rc::clone(log));
            event_loop.spawn(async move {
                let inner = Rc::clone(&outer);
                spawner.spawn(async move { inner.borrow_mut().push("inner") });
                outer.borrow_mut().push("outer");
            });
        });
        assert_eq!(order, ["outer", "inner"]);
    }

    #[test]
    fn a_thread_can_wake_a_loop_that_has_nothing_else_to_do() {
        let order = ran(|event_loop, log| {
            let log = Rc::clone(log);
            event_loop.spawn(async move {
                let word = elsewhere(|| "from a thread").await;
                log.borrow_mut().push(word);
            });
        });
        assert_eq!(order, ["from a thread"]);
    }
}
