//! Ends a grading, from another thread, once nobody wants it any more.
//!
//! Its main type is [`Stop`]. The code that compiles or drives a submission looks at
//! it as often as at the clock, and ends what it started as if the time were used up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to end a grading; every clone is the same request.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A request that has not been made yet.
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Asks for the end, which comes within a few milliseconds.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the end was asked for. If so, no result of the grading counts.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
