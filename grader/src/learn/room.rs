//! Room for connections: one that has not shown the key yet has a place only until others
//! want it.
//!
//! Its main type is [`Room`]. Whoever opens connections and says nothing, of whatever user,
//! closes their own oldest ones, and keeps nobody out.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

/// Connections that have not shown the key. A browser shows it with the first bytes.
const UNKNOWN: usize = 64;

/// The connections that nothing is known of, the oldest first.
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

    /// Lets in a connection, which is served by this task. The oldest one that nothing is
    /// known of goes, if there are too many.
    pub(super) fn enter(&self, number: u64, task: AbortHandle) {
        let mut unknown = self.unknown();
        unknown.push_back((number, task));
        if unknown.len() > UNKNOWN
            && let Some((_, oldest)) = unknown.pop_front()
        {
            oldest.abort();
        }
    }

    /// Closes the oldest connection that nothing is known of.
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
    /// It has shown the key: from now on it stays.
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
