//! An event loop small enough to read: tasks, wakers, timers and nothing else.

// ANCHOR: imports
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
// ANCHOR_END: imports

// ANCHOR: state
type Task = Pin<Box<dyn Future<Output = ()>>>;

// The loop of each thread: tasks by number, timers by deadline, and a queue.
thread_local! {
    static TASKS: RefCell<Vec<Option<Task>>> = RefCell::default();
    static TIMERS: RefCell<BTreeMap<Instant, Vec<Waker>>> = RefCell::default();
    static QUEUE: (Sender<usize>, Receiver<usize>) = channel();
}
// ANCHOR_END: state

// ANCHOR: waker
/// Wakes one task: puts its number into its loop's queue. Any thread may do so.
struct TaskWaker(usize, Sender<usize>);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        // An error would mean that the loop is gone, with all its tasks.
        let _ = self.1.send(self.0);
    }
}
// ANCHOR_END: waker

// ANCHOR: spawn
/// Adds a task. It is ready at once, but only `run` lets it run.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    let number = TASKS.with_borrow(Vec::len);
    TASKS.with_borrow_mut(|tasks| tasks.push(Some(Box::pin(task))));
    let _ = QUEUE.with(|(queue, _)| queue.send(number));
}
// ANCHOR_END: spawn

// ANCHOR: sleep
/// Suspends the calling task until `deadline`.
pub async fn sleep_until(deadline: Instant) {
    poll_fn(|context| {
        if Instant::now() >= deadline {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        TIMERS.with_borrow_mut(|timers| {
            timers.entry(deadline).or_default().push(waker);
        });
        Poll::Pending
    })
    .await;
}
// ANCHOR_END: sleep

// ANCHOR: run
/// Runs this thread's tasks until none is left.
pub fn run() {
    while TASKS.with_borrow(|tasks| tasks.iter().any(Option::is_some)) {
        let rest = fire_timers();
        // The thread sleeps here until a task is woken or a timer is due.
        if let Ok(number) = QUEUE.with(|(_, woken)| woken.recv_timeout(rest)) {
            poll(number);
        }
    }
}

/// Wakes every task whose deadline has passed; the time left to the next.
fn fire_timers() -> Duration {
    let now = Instant::now();
    TIMERS.with_borrow_mut(|timers| {
        let later = timers.split_off(&now);
        let due = mem::replace(timers, later);
        due.into_values().flatten().for_each(Waker::wake);
        let next = timers.keys().next();
        next.map_or(Duration::MAX, |deadline| *deadline - now)
    })
}

/// Lets one task run until it ends or has to wait.
fn poll(number: usize) {
    // Taken out of its place: while it runs, it may spawn other tasks.
    let Some(mut task) = TASKS.with_borrow_mut(|tasks| tasks[number].take()) else {
        return; // It was woken again after it had ended.
    };
    let queue = QUEUE.with(|(queue, _)| queue.clone());
    let waker = Waker::from(Arc::new(TaskWaker(number, queue)));
    let mut context = Context::from_waker(&waker);
    if task.as_mut().poll(&mut context).is_pending() {
        TASKS.with_borrow_mut(|tasks| tasks[number] = Some(task));
    }
}
// ANCHOR_END: run

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
    let start = Instant::now();
    for (name, rest) in [("slow", 1200), ("quick", 1000)] {
        spawn(async move {
            println!("{name}: begins, and waits for a timer");
            sleep_until(start + Duration::from_millis(rest)).await;
            println!("{name}: woken by its timer");
        });
    }
    spawn(async {
        println!("sum: begins, and waits for another thread");
        let sum: u64 = elsewhere(|| (1..=1000).sum()).await;
        println!("sum: woken by that thread with {sum}");
    });
    run();
}
// ANCHOR_END: main

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    type Log = Rc<RefCell<Vec<&'static str>>>;

    /// Runs what `tasks` spawns; what they wrote into the log.
    fn ran(tasks: impl FnOnce(&Log)) -> Vec<&'static str> {
        let log = Log::default();
        tasks(&log);
        run();
        log.take()
    }

    #[test]
    fn timers_fire_in_the_order_of_their_deadlines() {
        let start = Instant::now();
        let (queue, woken) = channel();
        for number in [3, 1, 2] {
            let deadline = start + Duration::from_micros(number);
            let waker = Arc::new(TaskWaker(number as usize, queue.clone())).into();
            TIMERS.with_borrow_mut(|timers| timers.insert(deadline, vec![waker]));
        }
        while fire_timers() < Duration::MAX {}
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn two_tasks_may_wait_for_the_same_moment() {
        let mut woken = ran(|log| {
            let deadline = Instant::now() + Duration::from_millis(1);
            for name in ["one", "other"] {
                let log = Rc::clone(log);
                spawn(async move {
                    sleep_until(deadline).await;
                    log.borrow_mut().push(name);
                });
            }
        });
        // On a slow machine the moment may pass before the other one begins to wait.
        woken.sort_unstable();
        assert_eq!(woken, ["one", "other"]);
    }

    #[test]
    fn a_task_may_spawn_another_one() {
        let order = ran(|log| {
            let log = Rc::clone(log);
            spawn(async move {
                let inner = Rc::clone(&log);
                spawn(async move { inner.borrow_mut().push("inner") });
                log.borrow_mut().push("outer");
            });
        });
        assert_eq!(order, ["outer", "inner"]);
    }

    #[test]
    fn a_thread_can_wake_a_loop_that_has_nothing_else_to_do() {
        let order = ran(|log| {
            let log = Rc::clone(log);
            spawn(async move {
                let word = elsewhere(|| "from a thread").await;
                log.borrow_mut().push(word);
            });
        });
        assert_eq!(order, ["from a thread"]);
    }
}
