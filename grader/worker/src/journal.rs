//! The journal of one run: what happened, in order, until the next report.
//!
//! Every part of a run writes here what it sees. The journal also knows which
//! caller is being polled, so that an operation can name it.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex, PoisonError};

use crate::protocol::{Event, MAX_MESSAGE_BYTES};

/// As many events as no message can hold: each takes more bytes than this divides by.
const MORE_THAN_CAN_BE_TOLD: usize = MAX_MESSAGE_BYTES / 16;

/// What is shown of a panic's message, in bytes.
const LONGEST_MESSAGE: usize = 1_000;

/// A shared handle to the journal. Operations may be begun on any thread,
/// so it is `Send`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    events: Arc<Mutex<Vec<Event>>>,
}

impl Journal {
    pub(crate) fn write(&self, event: Event) {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
    }

    /// Whether more was written than a report can tell, so that going on is no use.
    pub(crate) fn is_too_long(&self) -> bool {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.len() > MORE_THAN_CAN_BE_TOLD
    }

    /// Takes the events written since the last call.
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

thread_local! {
    static POLLED_CALL: Cell<Option<u32>> = const { Cell::new(None) };
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `poll` with `call` noted as the caller being polled.
pub(crate) fn polling<T>(call: u32, poll: impl FnOnce() -> T) -> T {
    let before = POLLED_CALL.replace(Some(call));
    let result = poll();
    POLLED_CALL.set(before);
    result
}

/// The caller being polled on this thread, if one is.
pub(crate) fn polled_call() -> Option<u32> {
    POLLED_CALL.get()
}

/// Keeps panics off standard error (a run may provoke thousands) and remembers
/// the last one of each thread for [`panic_message`].
pub(crate) fn remember_panics() {
    std::panic::set_hook(Box::new(|info| {
        let text = info
            .payload_as_str()
            .unwrap_or("a value that is not a text was thrown");
        let text = &text[..text.floor_char_boundary(LONGEST_MESSAGE)];
        let message = match info.location() {
            Some(place) => format!("{text} ({}:{})", place.file(), place.line()),
            None => text.to_owned(),
        };
        LAST_PANIC.set(Some(message));
    }));
}

/// The message of the panic that was just caught on this thread, whose payload
/// is `payload`.
pub(crate) fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    // A resumed panic did not pass the hook, so its payload has the message.
    LAST_PANIC.take().unwrap_or_else(|| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("a value that is not a text was thrown")
            .to_owned()
    })
}

/// The message of a panic on this thread that nobody has taken yet: a panic in
/// one of the submission's own tasks.
pub(crate) fn unclaimed_panic() -> Option<String> {
    LAST_PANIC.take()
}
