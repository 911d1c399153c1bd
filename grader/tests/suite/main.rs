//! The integration tests: the program as people and machines meet it.
//!
//! One binary, so that everything is linked once and gradings can be shared. The
//! first modules are tools, the others tests.

// Tools.
mod courses;
mod processes;
mod verdicts;

// Tests.
mod audit;
mod book;
mod cli;
mod house;
mod learner_cannot;
mod misbehaviour;
mod protocol;
mod reports;
mod submission;
mod traces;
