//! Wrong: the places are handed out by hand, and a caller's first waker is kept for good. Caught by: right_results

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use kit::{HashError, hash_password};

#[derive(Default)]
struct Places {
    free: usize,
    tickets: u64,
    line: VecDeque<(u64, Waker)>,
}

impl Places {
    /// The first caller in line is woken, and takes the place then.
    fn give_back(&mut self) {
        self.free += 1;
        if let Some((_, waker)) = self.line.front() {
            waker.wake_by_ref();
        }
    }
}

pub struct PasswordService {
    places: Arc<Mutex<Places>>,
}

/// A place in the line, until there is one to hash.
struct Waiting<'a> {
    places: &'a Mutex<Places>,
    ticket: Option<u64>,
}

impl Waiting<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut places = self.places.lock().unwrap();
        let is_next = match (self.ticket, places.line.front()) {
            (Some(ticket), Some((first, _))) => ticket == *first,
            (None, Some(_)) => false,
            (_, None) => true,
        };
        if is_next && places.free > 0 {
            places.free -= 1;
            if self.ticket.take().is_some() {
                places.line.pop_front();
            }
            if let (1.., Some((_, waker))) = (places.free, places.line.front()) {
                waker.wake_by_ref();
            }
            return Poll::Ready(());
        }
        if self.ticket.is_none() {
            places.tickets += 1;
            let ticket = places.tickets;
            places.line.push_back((ticket, context.waker().clone()));
            self.ticket = Some(ticket);
        }
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut places = self.places.lock().unwrap();
        if let Some(ticket) = self.ticket {
            places.line.retain(|(other, _)| *other != ticket);
            if let (1.., Some((_, waker))) = (places.free, places.line.front()) {
                waker.wake_by_ref();
            }
        }
    }
}

struct Place(Arc<Mutex<Places>>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().unwrap().give_back();
    }
}

impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        let places = Places {
            free: max_parallel,
            ..Places::default()
        };
        Self {
            places: Arc::new(Mutex::new(places)),
        }
    }

    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let mut waiting = Waiting {
            places: &self.places,
            ticket: None,
        };
        poll_fn(|context| waiting.poll(context)).await;
        let place = Place(Arc::clone(&self.places));
        drop(waiting);
        let hashed = tokio::task::spawn_blocking(move || {
            let _place = place;
            hash_password(&password)
        });
        hashed.await.expect("the hash panicked")
    }
}
