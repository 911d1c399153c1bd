//! The command line: its output, where it goes, and the exit codes.

mod advice;
mod at_home;
mod failures;
mod grading;
mod learning;
mod usage;
