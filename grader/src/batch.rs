//! A whole class: many submissions, graded once each and remembered.
//!
//! The modules, in reading order: `pattern` and `find` say what was handed in,
//! `plan` what of it has to be graded, `run` grades it, and `store` keeps a `record`
//! of each. `changes` compares with what was said before. The folder a batch writes
//! to looks like this:
//!
//! ```text
//! OUT/
//!   batch.json                   the seed that all others come from
//!   records/DRILL/STUDENT.json   one `Record` each, whole or not there at all
//!   lock                         held while a batch writes here
//!   feedback/ gradebook.csv junit.xml report.html   written from the records
//! ```

mod exports;
mod hand_in;

pub mod changes;
pub mod find;
pub mod pattern;
pub mod plan;
pub mod record;
pub mod rules;
pub mod run;
pub mod shape;
pub mod store;

use crate::course::{Course, CourseError};

pub use find::{Found, HandIn, Layout, PassedOver, Search};
pub use pattern::Pattern;
pub use plan::{Plan, plan};
pub use record::{Change, Class, ClassDrill, Outcome, Record, Student};
pub use run::{Run, run};
pub use store::{Settings, Store};

/// The class that `records` make together.
///
/// # Errors
/// When a drill's `exercise.toml` cannot be read.
pub fn class(course: &Course, mut records: Vec<Record>) -> Result<Class, CourseError> {
    let mut drills = Vec::new();
    for slug in course.slugs()? {
        if records.iter().any(|record| record.drill == slug) {
            let exercise = course.exercise(&slug)?;
            drills.push(ClassDrill { slug, exercise });
        }
    }
    records.sort_by_cached_key(|record| {
        let place = drills.iter().position(|drill| drill.slug == record.drill);
        (record.student.clone(), place)
    });
    Ok(Class {
        changes: changes::of(&records),
        drills,
        records,
    })
}
