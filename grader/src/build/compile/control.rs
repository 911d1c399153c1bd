//! The control of an experiment: a submission does not compile, but would anything?
//!
//! No compile error is believed unless the drill's stub compiles under the same
//! conditions. Its main type is [`Control`], which remembers the drills for which it
//! does, so that a class of broken submissions takes no longer.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use super::{CompileError, Doubt, Failed, Workshop, attempt};
use crate::build::submission::Submission;
use crate::course::Exercise;
use crate::drills::Drill;
use play::text::one_line;

/// The drills whose stub has compiled here.
#[derive(Debug, Default)]
pub struct Control(Mutex<BTreeSet<String>>);

impl Control {
    /// Compiles the drill's stub, unless it has compiled before and there is no doubt.
    pub(super) fn check(
        &self,
        workshop: Workshop<'_>,
        drill: &dyn Drill,
        exercise: &Exercise,
        doubt: Doubt,
    ) -> Result<(), CompileError> {
        let slug = drill.slug();
        let compiled = |is: Option<bool>| {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match is {
                Some(true) => known.insert(slug.to_owned()),
                Some(false) => known.remove(slug),
                None => known.contains(slug),
            }
        };
        if doubt == Doubt::None && compiled(None) {
            return Ok(());
        }
        let path = workshop.course.solution_dir(slug).join("stub.rs");
        let failed = |why: &str| {
            let why = one_line(why.trim(), 300);
            let text =
                format!("the drill's stub, which always compiles, does not compile now: {why}");
            CompileError::Infrastructure(io::Error::other(text))
        };
        let stub = Submission::read(&path).map_err(|error| failed(&error.to_string()))?;
        let outcome = attempt(workshop, drill, exercise, &stub);
        compiled(Some(outcome.is_ok()));
        match outcome {
            Ok(_) => Ok(()),
            Err(Failed::Error(error @ CompileError::Infrastructure(_))) => Err(error),
            Err(Failed::Error(error)) => Err(failed(&error.to_string())),
            Err(Failed::Refused { text, .. }) => Err(failed(&text)),
        }
    }
}
