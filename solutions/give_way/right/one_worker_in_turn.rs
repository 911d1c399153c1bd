//! Right: one task makes the steps of all folds, one stretch of one fold in each of its
//! polls, in turn. A fold whose caller is gone is put aside.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use kit::work::{LONGEST_STRETCH, step};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_local, yield_now};

struct Job {
    state: u64,
    number: u64,
    steps: u64,
    answer: oneshot::Sender<u64>,
}

#[derive(Default)]
struct Worker {
    jobs: Rc<RefCell<VecDeque<Job>>>,
    task: Option<JoinHandle<()>>,
}

thread_local! {
    static WORKER: RefCell<Worker> = RefCell::default();
}

async fn work(jobs: Rc<RefCell<VecDeque<Job>>>) {
    loop {
        let Some(mut job) = jobs.borrow_mut().pop_front() else {
            return;
        };
        if job.answer.is_closed() {
            continue;
        }
        let end = job.steps.min(job.number + LONGEST_STRETCH);
        for number in job.number..end {
            job.state = step(job.state, number);
        }
        job.number = end;
        if end == job.steps {
            let _ = job.answer.send(job.state);
        } else {
            jobs.borrow_mut().push_back(job);
        }
        yield_now().await;
    }
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let (answer, result) = oneshot::channel();
    let job = Job {
        state: seed,
        number: 0,
        steps,
        answer,
    };
    WORKER.with_borrow_mut(|worker| {
        // A queue of its own for each worker: the loop of one may be gone.
        if worker.task.as_ref().is_none_or(JoinHandle::is_finished) {
            worker.jobs = Rc::default();
            worker.jobs.borrow_mut().push_back(job);
            worker.task = Some(spawn_local(work(Rc::clone(&worker.jobs))));
        } else {
            worker.jobs.borrow_mut().push_back(job);
        }
    });
    result.await.expect("the worker answers")
}
