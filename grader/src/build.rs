//! From files to a program that can be started.

pub mod compile;
pub mod interpreted;
mod node;
pub mod prepared;
mod python;
pub mod submission;
