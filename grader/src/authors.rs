//! What a drill is made of, for those who write one or hand one on.

pub mod mirror;
pub mod package;
pub mod scaffold;
