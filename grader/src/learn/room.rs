//! Room for connections: one that has not shown the key yet keeps its place only until
//! others want it.
//!
//! Its main type is [`Room`]. A client that opens many silent connections only closes its
//! own oldest ones, and keeps nobody out.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

/// How many connections without the key are kept. A browser shows the key with its first bytes.
const UNKNOWN: usize = 64;

/// The connections without the key, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Room(Arc<Mutex<VecDeque<(u64, AbortHandle)>>>);

/// The place of one connection, given back when it ends.
#[derive(Debug)]
pub(super) struct Place {
    room: Room,
    number: u64,
}

impl Room {
    /// A place for connection `number`.
    pub(super) fn place(&self, number: u64) -> Place {
        let room = self.clone();
        Place { room, number }
    }

    /// Lets in a connection, which is served by this task. If there are too many without
    /// the key, the oldest is closed.
    pub(super) fn enter(&self, number: u64, task: AbortHandle) {
        let mut unknown = self.unknown();
        unknown.push_back((number, task));
        if unknown.len() > UNKNOWN
            && let Some((_, oldest)) = unknown.pop_front()
        {
            oldest.abort();
        }
    }

    /// Closes the oldest connection without the key.
    pub(super) fn make_space(&self) {
        if let Some((_, oldest)) = self.unknown().pop_front() {
            oldest.abort();
        }
    }

    fn unknown(&self) -> MutexGuard<'_, VecDeque<(u64, AbortHandle)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Notes that it has shown the key, so that it stays.
    pub(super) fn keep(&self) {
        self.room
            .unknown()
            .retain(|(number, _)| *number != self.number);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.keep();
    }
}
