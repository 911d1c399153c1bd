//! The examiner: from a program that can be started to what was found out about it. What
//! becomes of that is above: see the crate `grader`, which shares this folder.
//!
//! They are two crates so that both compile side by side, and this one for speed.
//!
//! Its modules are rooms, each above all that it uses; the lowest comes first:

// What is on the disk.
pub mod course;
// Processes.
pub mod drive;
// One submission through one drill.
pub mod exam;
// The hidden tests.
pub mod drills;
// Which drills there are.
pub mod catalogue;

pub use play::text;
