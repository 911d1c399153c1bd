//! Right: a task for each connection, which takes questions from a line of its own making:
//! idle ones stand in a list, and the first caller in line gets the first of them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

type Told = oneshot::Sender<Result<Answer, ServerError>>;
type Job = (Question, Told);

pub struct Pool(Rc<Inner>);

struct Inner {
    server: Server,
    max: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    line: VecDeque<Job>,
    /// Where the tasks wait that have an idle connection.
    idle: Vec<oneshot::Sender<Job>>,
    tasks: usize,
    connecting: usize,
}

impl State {
    fn next(&mut self) -> Option<Job> {
        while let Some(job) = self.line.pop_front() {
            if !job.1.is_closed() {
                return Some(job);
            }
        }
        None
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let state = RefCell::default();
        Self(Rc::new(Inner { server, max, state }))
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let (tell, told) = oneshot::channel();
        let idle = self.0.state.borrow_mut().idle.pop();
        match idle {
            Some(task) => {
                let _ = task.send((question, tell));
            }
            None => {
                self.0.state.borrow_mut().line.push_back((question, tell));
                grow(&self.0);
            }
        }
        told.await.expect("the connection's task panicked")
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // The tasks that wait here go, and close their connections.
        self.0.state.borrow_mut().idle.clear();
    }
}

/// Opens as many connections as there are callers for, and places.
fn grow(inner: &Rc<Inner>) {
    let mut state = inner.state.borrow_mut();
    state.line.retain(|(_, told)| !told.is_closed());
    while state.tasks < inner.max && state.connecting < state.line.len() {
        state.tasks += 1;
        state.connecting += 1;
        spawn_local(serve(Rc::clone(inner)));
    }
}

/// One task less, however it ends.
struct Counted {
    inner: Rc<Inner>,
    connecting: bool,
}

impl Counted {
    fn connected(&mut self) {
        if std::mem::take(&mut self.connecting) {
            self.inner.state.borrow_mut().connecting -= 1;
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.connected();
        self.inner.state.borrow_mut().tasks -= 1;
        grow(&self.inner);
    }
}

async fn serve(inner: Rc<Inner>) {
    let mut counted = Counted { inner: Rc::clone(&inner), connecting: true };
    let connected = inner.server.connect().await;
    counted.connected();
    let connection = match connected {
        Ok(connection) => connection,
        Err(error) => {
            let first = inner.state.borrow_mut().next();
            if let Some((_, told)) = first {
                let _ = told.send(Err(error));
            }
            return;
        }
    };
    answer_all(&inner, connection).await;
}

async fn answer_all(inner: &Rc<Inner>, mut connection: Connection) {
    loop {
        let next = inner.state.borrow_mut().next();
        let (question, told) = match next {
            Some(job) => job,
            None => {
                let (give, given) = oneshot::channel();
                inner.state.borrow_mut().idle.push(give);
                match given.await {
                    Ok(job) => job,
                    Err(_) => return,
                }
            }
        };
        let result = connection.ask(question).await;
        let is_broken = result.is_err();
        let _ = told.send(result);
        if is_broken {
            return;
        }
    }
}
