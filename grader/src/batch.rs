//! A whole class: many submissions, graded once each and remembered.
//!
//! The modules, in reading order: `record` is what is kept of one submission. The
//! folder a batch writes to looks like this:
//!
//! ```text
//! OUT/
//!   batch.json                   what was asked: the folder, the pattern, the seed
//!   records/DRILL/STUDENT.json   one `Record` each, whole or not there at all
//!   lock                         held while a batch writes here
//!   feedback/ gradebook.csv junit.xml report.html   written from the records
//! ```

pub mod record;
pub mod shape;

pub use record::{Change, Class, ClassDrill, Outcome, Record, Student};
