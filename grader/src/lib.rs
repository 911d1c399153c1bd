//! The grader: drives a submission from outside and says what it saw.
//!
//! A verdict rests on evidence that this process gathered; the submission's own
//! process holds no test and no verdict. The modules, in reading order:

// What can happen, what is known, what is wrong.
pub mod evidence;
pub mod explore;
pub mod judge;
pub mod schedule;
pub mod space;
pub mod timeline;
// The hidden tests.
pub mod drills;
pub mod exam;
// From files to a running worker.
pub mod compile;
pub mod course;
pub mod driver;
pub mod limits;
pub mod prepared;
pub mod sandbox;
pub mod submission;
pub mod supervisor;
pub mod toolchain;
// From a path to a verdict, and out to people.
pub mod batch;
pub mod class_report;
pub mod cli;
pub mod commands;
pub mod feedback;
pub mod grading;
pub mod interrupt;
pub mod latency;
pub mod learner;
pub mod report;
pub mod text;
pub mod trace;
pub mod verdict;
