//! The command line: what is said, where, and with which exit code.

mod advice;
mod at_home;
mod failures;
mod grading;
mod learning;
mod usage;
