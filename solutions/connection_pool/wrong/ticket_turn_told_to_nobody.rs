//! Wrong: two places come free in one turn of the loop, and only one of those in line is called. Caught by: places_used

use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

struct Line {
    next: u64,
    unserved: BTreeSet<u64>,
    free: usize,
    idle: Vec<Connection>,
}

/// Tickets: the smallest ones that are not served yet may go, as many as there are free places.
pub struct Pool {
    server: Server,
    line: Arc<Mutex<Line>>,
    turned: watch::Sender<u64>,
}

struct Ticket<'a> {
    number: u64,
    has_place: bool,
    pool: &'a Pool,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut line = self.pool.line.lock().unwrap();
        line.unserved.remove(&self.number);
        if self.has_place {
            line.free += 1;
        }
        drop(line);
        self.pool.turned.send_modify(|it| *it += 1);
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let line = Line {
            next: 0,
            unserved: BTreeSet::new(),
            free: max,
            idle: Vec::new(),
        };
        Self {
            server,
            line: Arc::new(Mutex::new(line)),
            turned: watch::Sender::new(0),
        }
    }
    fn ticket(&self) -> Ticket<'_> {
        let mut line = self.line.lock().unwrap();
        let number = line.next;
        line.next += 1;
        line.unserved.insert(number);
        Ticket {
            number,
            has_place: false,
            pool: self,
        }
    }
    fn may_go(&self, ticket: &mut Ticket<'_>) -> bool {
        let mut line = self.line.lock().unwrap();
        if line.free == 0 || line.unserved.first() != Some(&ticket.number) {
            return false;
        }
        line.free -= 1;
        line.unserved.remove(&ticket.number);
        ticket.has_place = true;
        true
    }
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let mut turned = self.turned.subscribe();
        let mut ticket = self.ticket();
        while !self.may_go(&mut ticket) {
            turned.changed().await.expect("the pool is here");
        }
        let idle = self.line.lock().unwrap().idle.pop();
        let mut connection = match idle {
            Some(it) => it,
            None => self.server.connect().await?,
        };
        let answer = connection.ask(question).await?;
        self.line.lock().unwrap().idle.push(connection);
        Ok(answer)
    }
}
