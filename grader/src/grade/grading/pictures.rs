//! Pictures of the loop while passwords are hashed: a submission's, and the stub's.

use std::path::Path;

use crate::build::submission::Submission;
use crate::drills::Drill;
use crate::grade::latency::LoopLatency;

use super::{GradeError, Grader};

/// How many passwords are hashed for a picture.
pub(super) const PASSWORDS: u32 = 2;

impl Grader {
    /// Watches the loop of the submission at `path` while passwords are hashed.
    ///
    /// # Errors
    /// When the path cannot be read or the machine fails. The inner error says why
    /// there is no picture, in rustc's words or the supervisor's.
    pub fn watch(
        &self,
        drill: &dyn Drill,
        path: &Path,
    ) -> Result<Result<LoopLatency, String>, GradeError> {
        let submission = Submission::read(path).map_err(GradeError::Submission)?;
        let compiled = match self.compile(drill, &submission)? {
            Ok(compiled) => compiled,
            Err(refused) => return Ok(Err(refused.to_string())),
        };
        let picture = self
            .driver(drill, &compiled, fastrand::u64(..))
            .watch(PASSWORDS);
        Ok(match picture {
            Ok(picture) => Ok(LoopLatency::from(picture)),
            Err(failure) => Err(failure.to_string()),
        })
    }

    /// The picture of the drill's stub on this machine, taken once.
    pub fn stub_latency(&self, drill: &dyn Drill) -> Option<LoopLatency> {
        let name = format!("{}_stub_latency.json", drill.slug());
        let known = self.prepared.folder().join(name);
        let read = || serde_json::from_slice(&std::fs::read(&known).ok()?).ok();
        read().or_else(|| {
            let latency = self.watch_stub(drill)?;
            // If it cannot be kept, it is measured again next time.
            let _ = serde_json::to_vec(&latency).map(|text| std::fs::write(&known, text));
            Some(latency)
        })
    }

    /// The picture of the drill's stub, taken now.
    pub fn watch_stub(&self, drill: &dyn Drill) -> Option<LoopLatency> {
        let stub = self.course.solution_dir(drill.slug()).join("stub.rs");
        self.watch(drill, &stub).ok()?.ok()
    }
}
