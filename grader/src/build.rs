//! From files to a program that can be started.

pub mod compile;
pub mod prepared;
pub mod python;
pub mod submission;
