//! A whole class: many submissions, graded once each and remembered.
//!
//! The modules, in reading order: `pattern` and `find` find the hand-ins and their `student`s, with `walk` or one of
//! `exports`; `identity` and `people` decide which students are one person, `choice` decides which of several attempts
//! counts. `plan` says which hand-ins have to be graded, `key` what a verdict depends on; `run` grades them, and
//! `store` keeps a `record` of each, which `keeping` makes.
//! `attempts` marks what is being graded, for the case that the grader does not survive it.
//! `class` is all of them together, `policy` says what counts of it, `changes` compares with what was said
//! before. However large the class, few records are in memory at a time. The folder a
//! batch writes to looks like this:
//!
//! ```text
//! OUT/
//!   batch.json                   the seed that all others come from, the kind of the ids
//!   records/DRILL/STUDENT.json   one `Record` each, whole or not there at all
//!   attempting/                  a mark for each grading under way
//!   lock                         held while a batch writes here
//!   compared/ unpacked/          points of attempts for `--attempt best`, exports' zips
//!   feedback/ gradebook.csv junit.xml report.html …   written from the records
//! ```

mod attempts;
mod exports;
pub(crate) mod hand_in;
mod identity;
mod keeping;
mod thing;
mod walk;

pub mod changes;
pub mod choice;
pub mod class;
pub mod find;
pub mod key;
pub mod pattern;
pub mod people;
pub mod plan;
pub mod policy;
pub mod record;
pub mod rules;
pub mod run;
pub mod shape;
pub mod sources;
pub mod store;
pub mod student;

pub use attempts::Attempts;
pub use changes::Change;
pub use choice::{Attempt, choose, choose_by_names};
pub use class::{Class, ClassDrill, EmptyHanded, Line, Records};
pub use find::{Found, HandIn, Layout, PassedOver, Search, Without};
pub use pattern::Pattern;
pub use people::{Roster, Teams};
pub use plan::{Plan, plan};
pub use policy::Policy;
pub use record::{Outcome, Record};
pub use run::{Run, run};
pub use sources::Sources;
pub use store::{Settings, Store};
pub use student::Student;
