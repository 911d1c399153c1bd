//! Playing a submission, as far as it can be thought about without one: what can happen,
//! what is known of a run, and what is wrong with it.
//!
//! A crate of its own, so that the compiler keeps it pure: nothing in here opens a file,
//! starts a process or looks at a clock. In reading order:

pub mod check;
pub mod evidence;
pub mod explore;
pub mod failure;
pub mod judge;
pub mod schedule;
pub mod space;
pub mod text;
pub mod timeline;
