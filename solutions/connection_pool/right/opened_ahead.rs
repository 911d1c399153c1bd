//! Right: all connections are opened when the pool is made, each by a task of its own, and
//! wait in a line. One that was refused, broke or was left halfway leaves an empty slot.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

pub struct Pool(Rc<Inner>);

struct Inner {
    server: Server,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Places with no connection, and none being opened.
    empty: usize,
    line: VecDeque<oneshot::Sender<Result<Lent, ServerError>>>,
    connecting: usize,
}

/// A connection that comes back, or leaves an empty place.
struct Lent {
    /// Where it goes back to.
    pool: Option<Rc<Inner>>,
    connection: Option<Connection>,
    is_halfway: bool,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(pool) = self.pool.take() else { return };
        let connection = self.connection.take();
        match connection {
            Some(connection) if !self.is_halfway => give(&pool, connection),
            spoilt => {
                drop(spoilt);
                pool.state.borrow_mut().empty += 1;
                open(&pool);
            }
        }
    }
}

/// To the first in line who is still there, or to the idle ones.
fn give(pool: &Rc<Inner>, connection: Connection) {
    let mut lent = Lent {
        pool: Some(Rc::clone(pool)),
        connection: Some(connection),
        is_halfway: false,
    };
    loop {
        let first = pool.state.borrow_mut().line.pop_front();
        let Some(first) = first else { break };
        match first.send(Ok(lent)) {
            Ok(()) => return,
            Err(Ok(back)) => lent = back,
            Err(Err(_)) => return,
        }
    }
    let connection = lent.connection.take().expect("it was not given away");
    lent.pool = None;
    pool.state.borrow_mut().idle.push(connection);
}

/// Opens connections in empty places, for those in line.
fn open(pool: &Rc<Inner>) {
    let mut state = pool.state.borrow_mut();
    state.line.retain(|told| !told.is_closed());
    while state.empty > 0 && state.connecting < state.line.len() {
        state.empty -= 1;
        state.connecting += 1;
        spawn_local(connect(Rc::clone(pool)));
    }
}

async fn connect(pool: Rc<Inner>) {
    let connected = pool.server.connect().await;
    pool.state.borrow_mut().connecting -= 1;
    match connected {
        Ok(connection) => give(&pool, connection),
        Err(error) => {
            pool.state.borrow_mut().empty += 1;
            loop {
                let first = pool.state.borrow_mut().line.pop_front();
                let Some(first) = first else { break };
                if first.send(Err(error.clone())).is_ok() {
                    break;
                }
            }
            open(&pool);
        }
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let state = RefCell::new(State { connecting: max, ..State::default() });
        let pool = Rc::new(Inner { server, state });
        for _ in 0..max {
            spawn_local(connect(Rc::clone(&pool)));
        }
        Self(pool)
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let idle = self.0.state.borrow_mut().idle.pop();
        let mut lent = match idle {
            Some(connection) => {
                let connection = Some(connection);
                let pool = Some(Rc::clone(&self.0));
                Lent { pool, connection, is_halfway: false }
            }
            None => {
                let (call, called) = oneshot::channel();
                self.0.state.borrow_mut().line.push_back(call);
                open(&self.0);
                called.await.expect("the pool is there")?
            }
        };
        lent.is_halfway = true;
        let connection = lent.connection.as_mut().expect("it was lent");
        let answer = connection.ask(question).await?;
        lent.is_halfway = false;
        Ok(answer)
    }
}
