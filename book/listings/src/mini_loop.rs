//! An event loop small enough to read: tasks, wakers, timers and nothing else.

// ANCHOR: imports
use std::cell::{Cell, RefCell};
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
struct TaskWaker(usize, Sender<usize>);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        // The loop may be gone already; then there is nobody to wake.
        let _ = self.1.send(self.0);
    }
}
// ANCHOR_END: waker

// ANCHOR: state
type Task = Pin<Box<dyn Future<Output = ()>>>;

/// One thread, its tasks by number, and what they wait for.
pub struct EventLoop {
    tasks: RefCell<Vec<Option<Task>>>,
    timers: RefCell<Vec<(Instant, Waker)>>,
    now: Cell<Instant>,
    queue: Sender<usize>,
    woken: Receiver<usize>,
}
// ANCHOR_END: state

impl EventLoop {
    /// A loop without tasks.
    pub fn new() -> Rc<EventLoop> {
        let (queue, woken) = channel();
        Rc::new(EventLoop {
            tasks: RefCell::default(),
            timers: RefCell::default(),
            now: Cell::new(Instant::now()),
            queue,
            woken,
        })
    }

    // ANCHOR: spawn
    /// Adds a task. It is ready at once; nothing of it runs before `run`.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let mut tasks = self.tasks.borrow_mut();
        let _ = self.queue.send(tasks.len());
        tasks.push(Some(Box::pin(task)));
    }

    /// Waits until `delay` has passed since the loop last looked at the clock.
    pub async fn sleep(&self, delay: Duration) {
        let deadline = self.now.get() + delay;
        poll_fn(|context| {
            if self.now.get() >= deadline {
                return Poll::Ready(());
            }
            let timer = (deadline, context.waker().clone());
            self.timers.borrow_mut().push(timer);
            Poll::Pending
        })
        .await;
    }
    // ANCHOR_END: spawn

    // ANCHOR: run
    /// Runs until no task is left.
    pub fn run(&self) {
        while self.tasks.borrow().iter().any(Option::is_some) {
            let due = self.timers.borrow().iter().map(|(due, _)| *due).min();
            let rest = |due: Instant| due.saturating_duration_since(Instant::now());
            let rest = due.map_or(Duration::MAX, rest);
            // Here it sleeps, until a task is woken or the first timer is due.
            let first = self.woken.recv_timeout(rest).ok();
            self.fire_timers();
            // One turn: whoever is woken now. Who is woken meanwhile comes next turn.
            let turn: Vec<usize> = first.into_iter().chain(self.woken.try_iter()).collect();
            turn.into_iter().for_each(|task| self.poll(task));
        }
    }

    fn fire_timers(&self) {
        self.now.set(Instant::now());
        let mut timers = self.timers.borrow_mut();
        timers.sort_by_key(|(due, _)| *due);
        let due = timers.partition_point(|(due, _)| *due <= self.now.get());
        timers.drain(..due).for_each(|(_, waker)| waker.wake());
    }

    fn poll(&self, number: usize) {
        // Out of its place, so that the task can spawn others while it runs.
        let Some(mut task) = self.tasks.borrow_mut()[number].take() else {
            return; // Woken again after it had ended.
        };
        let waker = Waker::from(Arc::new(TaskWaker(number, self.queue.clone())));
        let mut context = Context::from_waker(&waker);
        if task.as_mut().poll(&mut context).is_pending() {
            self.tasks.borrow_mut()[number] = Some(task);
        }
    }
    // ANCHOR_END: run
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

    fn ran(
        tasks: impl FnOnce(&Rc<EventLoop>, &Rc<RefCell<Vec<&'static str>>>),
    ) -> Vec<&'static str> {
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
