//! Wrong: however many it is made for, no more than five connections are used. Caught by: places_used

use futures::FutureExt;
use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use tokio::sync::oneshot;
use tokio::task::spawn_local;

struct Job {
    question: Question,
    answer: oneshot::Sender<Result<Answer, ServerError>>,
}

#[derive(Default)]
struct State {
    line: VecDeque<Job>,
    idle: Vec<Connection>,
    busy: usize,
}

struct Inner {
    server: Server,
    max: usize,
    state: RefCell<State>,
}

pub struct Pool(Rc<Inner>);

/// A place is given back however its worker ends.
struct Busy(Rc<Inner>);
impl Drop for Busy {
    fn drop(&mut self) {
        self.0.state.borrow_mut().busy -= 1;
    }
}

impl Inner {
    fn next(&self) -> Option<Job> {
        let mut state = self.state.borrow_mut();
        while let Some(job) = state.line.pop_front() {
            if !job.answer.is_closed() {
                return Some(job);
            }
        }
        None
    }
    fn pump(self: &Rc<Self>) {
        loop {
            let busy = {
                let state = self.state.borrow();
                state.busy
            };
            if busy >= self.max.clamp(1, 5) {
                return;
            }
            let Some(job) = self.next() else { return };
            self.state.borrow_mut().busy += 1;
            let inner = Rc::clone(self);
            spawn_local(async move {
                let busy = Busy(Rc::clone(&inner));
                let _ = AssertUnwindSafe(inner.work(job)).catch_unwind().await;
                drop(busy);
                inner.pump();
            });
        }
    }
    async fn work(&self, Job { question, answer }: Job) {
        let idle = self.state.borrow_mut().idle.pop();
        let result = async {
            let mut connection = match idle {
                Some(it) => it,
                None => self.server.connect().await?,
            };
            let answer = connection.ask(question).await?;
            self.state.borrow_mut().idle.push(connection);
            Ok(answer)
        }
        .await;
        let _ = answer.send(result);
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self(Rc::new(Inner {
            server,
            max,
            state: RefCell::default(),
        }))
    }
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let (answer, answered) = oneshot::channel();
        self.0
            .state
            .borrow_mut()
            .line
            .push_back(Job { question, answer });
        self.0.pump();
        answered.await.unwrap_or(Err(ServerError::Broken))
    }
}
