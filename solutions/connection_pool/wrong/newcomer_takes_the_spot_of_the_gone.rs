//! Wrong: who comes next takes the spot of one who has left the line. Caught by: dropped

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::oneshot;

pub struct Pool {
    server: Server,
    free: Cell<usize>,
    idle: RefCell<Vec<Connection>>,
    line: RefCell<VecDeque<oneshot::Sender<()>>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            free: Cell::new(max),
            idle: RefCell::default(),
            line: RefCell::default(),
        }
    }

    async fn place(&self) -> Place<'_> {
        if self.free.get() > 0 {
            self.free.set(self.free.get() - 1);
            return Place(self);
        }
        let (sender, receiver) = oneshot::channel();
        {
            let mut line = self.line.borrow_mut();
            match line.iter_mut().find(|it| it.is_closed()) {
                Some(left) => *left = sender,
                None => line.push_back(sender),
            }
        }
        let mut spot = Spot(self, receiver);
        let _ = (&mut spot.1).await;
        Place(self)
    }

    fn pass_on(&self) {
        let mut line = self.line.borrow_mut();
        while let Some(next) = line.pop_front() {
            if next.send(()).is_ok() {
                return;
            }
        }
        self.free.set(self.free.get() + 1);
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.place().await;
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await;
        if answer.is_ok() {
            self.idle.borrow_mut().push(connection);
        }
        answer
    }
}

struct Place<'a>(&'a Pool);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

/// A caller that was called and leaves before it could run hands its place on.
struct Spot<'a>(&'a Pool, oneshot::Receiver<()>);

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        if self.1.try_recv().is_ok() {
            self.0.pass_on();
        }
    }
}
