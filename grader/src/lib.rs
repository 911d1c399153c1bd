//! The grader: drives a submission from outside and says what it saw.
//!
//! A verdict rests on evidence that this process gathered; the submission's own
//! process holds no test and no verdict. The modules, in reading order:

// What can happen, what is known, what is wrong.
pub mod schedule;
pub mod evidence;
pub mod judge;
pub mod explore;
pub mod space;
pub mod timeline;
// The hidden tests.
pub mod exam;
pub mod drills;
// From files to a running worker.
pub mod course;
pub mod submission;
pub mod toolchain;
pub mod prepared;
pub mod compile;
pub mod limits;
pub mod supervisor;
pub mod driver;
// From a path to a verdict, and out to people.
pub mod grading;
pub mod verdict;
pub mod report;
pub mod learner;
pub mod cli;
pub mod commands;
pub mod interrupt;
pub mod text;
