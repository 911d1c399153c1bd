//! From a path to a verdict, and on to its readers.

pub mod feedback;
pub mod grading;
pub mod latency;
pub mod report;
pub mod verdict;
