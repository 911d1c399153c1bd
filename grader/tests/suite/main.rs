//! The integration tests: the program as people and machines meet it.
//!
//! One binary, so that everything is linked once and gradings can be shared. The
//! first modules are tools, the others tests.

// Tools.
mod courses;
mod interpreted;
mod processes;
#[cfg(target_os = "linux")]
mod unprivileged;
mod verdicts;

// Tests.
mod affairs;
#[cfg(target_os = "linux")]
mod attacks;
mod audit;
mod batch;
mod book;
mod class_example;
mod class_report;
mod cli;
#[cfg(target_os = "linux")]
mod exhausting;
#[cfg(target_os = "linux")]
mod faults;
mod formats;
#[cfg(target_os = "linux")]
mod hands;
mod house;
mod learn;
mod learner_cannot;
#[cfg(target_os = "linux")]
mod limits;
mod machine;
mod misbehaviour;
mod node;
mod offload;
mod package;
mod panel;
mod protocol;
mod published_crates;
mod python;
mod readme;
mod reports;
mod rooms;
mod scaffold;
mod submission;
#[cfg(target_os = "linux")]
mod tiers;
mod traces;
