//! The template of a new drill in each world, so that it keeps compiling and can be
//! tried like any other drill.

#![expect(
    clippy::upper_case_acronyms,
    reason = "the templates name the drill in capitals"
)]

use crate::drills::{Drill, answering, user_cache};

#[path = "audit/drill.txt"]
mod audit;
#[path = "bank/drill.txt"]
mod bank;
#[path = "bulk/drill.txt"]
mod bulk;
#[path = "clock/drill.txt"]
mod clock;
#[path = "passwords/drill.txt"]
mod passwords;
#[path = "server/drill.txt"]
mod server;
#[path = "sink/drill.txt"]
mod sink;
#[path = "users/drill.txt"]
mod users;
#[path = "work/drill.txt"]
mod work;

/// The templates, in the order in which `new` lists the worlds.
pub(crate) const ALL: [&dyn Drill; 9] = [
    &users::CAMEL,
    &passwords::CAMEL,
    &bank::CAMEL,
    &audit::CAMEL,
    &server::CAMEL,
    &bulk::CAMEL,
    &sink::CAMEL,
    &work::CAMEL,
    &clock::CAMEL,
];
