//! The part of playing a submission that needs no process: what can happen, what is
//! known of a run, and what is wrong with it.
//!
//! It is a crate of its own so that the compiler keeps it pure: nothing in here opens a
//! file, starts a process or looks at a clock. In reading order:

// What can happen.
pub mod schedule;
// What is known of a run.
pub mod evidence;
// What a submission is called with, and what it calls.
pub mod world;
// What may happen next, and how all schedules are walked.
pub mod space;

pub mod explore;
// What is wrong with it.
pub mod failure;

pub mod judge;

pub mod check;
// In words.
pub mod timeline;

pub mod text;
