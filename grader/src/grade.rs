//! From a path to a verdict, and out to people.

pub mod feedback;
pub mod grading;
pub mod latency;
pub mod report;
pub mod verdict;
