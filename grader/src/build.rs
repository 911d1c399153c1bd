//! From files to a program that can be started.

pub(crate) mod cargo;
pub mod compile;
pub mod interpreted;
mod node;
pub mod prepared;
pub mod progress;
mod python;
pub mod submission;
