//! The parts of a drill, for people who write one or hand one on.

pub mod mirror;
pub mod package;
pub mod scaffold;
