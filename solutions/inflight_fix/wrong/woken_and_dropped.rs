//! Wrong: only a leader calls the next: one that was called to lead and leaves before it runs calls nobody. Caught by: long_runs

use kit::{Db, DbError, User, UserId};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Default)]
struct Line {
    next: u64,
    leading: bool,
    waiting: BTreeMap<u64, Option<Waker>>,
}

#[derive(Default)]
struct Books {
    rows: HashMap<UserId, User>,
    lines: HashMap<UserId, Line>,
}

pub struct UserCache {
    db: Db,
    books: RefCell<Books>,
}

struct Ticket<'a> {
    books: &'a RefCell<Books>,
    id: UserId,
    number: u64,
    leads: bool,
}
impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut books = self.books.borrow_mut();
        let is_known = books.rows.contains_key(&self.id);
        let line = books.lines.get_mut(&self.id).unwrap();
        line.waiting.remove(&self.number);
        if self.leads {
            line.leading = false;
        }
        if is_known {
            for waker in line.waiting.values_mut().filter_map(Option::take) {
                waker.wake();
            }
        } else if self.leads
            && let Some(waker) = line.waiting.values_mut().next().and_then(Option::take)
        {
            waker.wake();
        }
        if line.waiting.is_empty() && !line.leading {
            books.lines.remove(&self.id);
        }
    }
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            books: RefCell::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let mut ticket = {
            let mut books = self.books.borrow_mut();
            if let Some(row) = books.rows.get(&id) {
                return Ok(row.clone());
            }
            let line = books.lines.entry(id).or_default();
            line.next += 1;
            let number = line.next;
            line.waiting.insert(number, None);
            Ticket {
                books: &self.books,
                id,
                number,
                leads: false,
            }
        };
        let found = poll_fn(|context| {
            let mut books = self.books.borrow_mut();
            if let Some(row) = books.rows.get(&id) {
                return Poll::Ready(Some(row.clone()));
            }
            let line = books.lines.get_mut(&id).unwrap();
            if line.leading || line.waiting.keys().next() != Some(&ticket.number) {
                line.waiting
                    .insert(ticket.number, Some(context.waker().clone()));
                return Poll::Pending;
            }
            line.leading = true;
            line.waiting.remove(&ticket.number);
            ticket.leads = true;
            Poll::Ready(None)
        })
        .await;
        if let Some(row) = found {
            return Ok(row);
        }
        let row = self.db.fetch_user(id).await?;
        self.books.borrow_mut().rows.insert(id, row.clone());
        Ok(row)
    }
}
