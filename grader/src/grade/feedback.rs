//! What a student may see of a verdict, as the teacher chose: the one place that
//! decides it.
//!
//! Its main type is [`Feedback`]. It turns a verdict into the one that is shown;
//! every format but JSON, which is the teacher's, gets only that. It never
//! changes a status or a score.

use std::collections::BTreeMap;

use clap::ValueEnum;

use crate::course::Course;
use crate::course::settings::{CheckSettings, Visibility};
use crate::grade::verdict::{CheckResult, Metrics, Status, Verdict};

/// The message for a submission that could not be graded. The reason is for the
/// teacher alone, since it names files of their machine.
pub const NOT_GRADED: &str = "this could not be graded, which is not the submission's fault; ask the person who runs the grader";

/// The message for a check that could not be judged because of a hidden one.
const ANOTHER_FIRST: &str = "cannot be judged before another check holds";

/// How much a student is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Each check with what was seen, the timeline and the hint
    #[default]
    Full,
    /// Which checks hold, and their points
    Checks,
    /// The points alone
    Score,
}

/// What students are shown: the level, and what each drill hides.
#[derive(Clone, Debug, Default)]
pub struct Feedback {
    level: Level,
    drills: BTreeMap<String, BTreeMap<String, CheckSettings>>,
}

impl Feedback {
    /// The same level for every check of every drill.
    pub fn at(level: Level) -> Feedback {
        Feedback {
            level,
            drills: BTreeMap::new(),
        }
    }

    /// A level, with the settings in the `exercise.toml` of each of `drills`. Nothing is graded
    /// by one that cannot be used, so there is nothing to hide either.
    pub fn of_course<'a>(
        course: &Course,
        level: Level,
        drills: impl IntoIterator<Item = &'a str>,
    ) -> Feedback {
        let mut feedback = Feedback::at(level);
        for slug in drills {
            if !feedback.drills.contains_key(slug) {
                let exercise = course.exercise(slug);
                let checks = exercise.map_or_else(|_| BTreeMap::new(), |it| it.checks);
                feedback.drills.insert(slug.to_owned(), checks);
            }
        }
        feedback
    }

    /// The same with these settings for the checks of a drill.
    #[must_use]
    pub fn with(mut self, drill: &str, checks: BTreeMap<String, CheckSettings>) -> Feedback {
        self.drills.insert(drill.to_owned(), checks);
        self
    }

    /// The verdict that a student is shown, without hidden checks; fields that may
    /// not be shown are empty.
    pub fn of(&self, verdict: &Verdict) -> Verdict {
        let mut shown = verdict.clone();
        let about_the_code = match verdict.status {
            Status::CompileError | Status::Rejected => true,
            Status::InfraError => {
                NOT_GRADED.clone_into(&mut shown.diagnostics);
                false
            }
            _ => false,
        };
        if about_the_code || verdict.status == Status::InfraError {
            // Nothing was judged, and "not judged" for every check would say nothing.
            shown.checks.clear();
        }
        let all: Vec<Visibility> = shown
            .checks
            .iter()
            .map(|check| self.visibility(&shown.drill, &check.id))
            .collect();
        let everything = all.iter().all(|one| *one == Visibility::Full);
        if self.level != Level::Full || !everything {
            // A submission can print what it is called with, and so reveal a hidden check.
            shown.output.clear();
        }
        if self.level != Level::Full {
            shown.metrics = Metrics::default();
        }
        if self.level == Level::Score {
            shown.checks.clear();
        }
        let mut all = all.into_iter();
        shown
            .checks
            .retain(|_| all.next() != Some(Visibility::Hidden));
        let is_hidden = |id: &&str| self.visibility(&verdict.drill, id) == Visibility::Hidden;
        let ids = verdict.checks.iter().map(|check| &*check.id);
        let hidden: Vec<String> = ids.filter(is_hidden).map(|id| format!("`{id}`")).collect();
        for check in &mut shown.checks {
            // The reason would reveal the result of the hidden check.
            if hidden.iter().any(|id| check.message.contains(id)) {
                ANOTHER_FIRST.clone_into(&mut check.message);
            }
            let visibility = self.visibility(&verdict.drill, &check.id);
            if self.level == Level::Checks || visibility == Visibility::Title {
                keep_title(check);
            }
        }
        shown
    }

    /// The verdicts that students are shown.
    pub fn of_all(&self, verdicts: &[Verdict]) -> Vec<Verdict> {
        verdicts.iter().map(|verdict| self.of(verdict)).collect()
    }

    fn visibility(&self, drill: &str, check: &str) -> Visibility {
        let settings = self.drills.get(drill).and_then(|checks| checks.get(check));
        settings.copied().unwrap_or_default().visibility
    }
}

fn keep_title(check: &mut CheckResult) {
    check.message.clear();
    check.hint.clear();
    check.schedule = None;
    check.timeline.clear();
    check.moments.clear();
}
