//! A trace of one schedule, with which a figure walks through a failure in a verdict.

use std::collections::HashMap;

use super::{Folding, Frame, Origin, Seen, Trace, from_the_first};
use crate::drive::driver::Driver;
use crate::exam::violations;
use play::explore::System;
use play::failure::Failure;
use play::judge::Rules;
use play::schedule::{Action, FIRST_KEY, Turn};
use play::timeline;

impl Trace {
    /// Plays one schedule, as a replay key names it, and keeps what was seen after each
    /// of its turns, up to what ended the submission's process.
    ///
    /// # Errors
    /// What ended the process before anything had happened.
    pub fn replay(
        driver: &mut Driver<'_>,
        rules: &dyn Rules,
        turns: &[Turn],
        origin: Origin,
    ) -> Result<Trace, Failure> {
        let started = turns.iter().filter_map(|turn| match turn.action {
            Action::Start { numbers, .. } => Some(numbers.at(0)),
            _ => None,
        });
        let key = format!("{}:{}", driver.seed(), origin.check);
        let mut seen: HashMap<Vec<Turn>, Seen> = HashMap::new();
        let mut run = driver.open();
        for at in 0..=turns.len() {
            let now = turns[..at].last().copied().into_iter().collect();
            let played = driver.play(run, now);
            if at == 0
                && let Some(failure) = played.failure
            {
                driver.close(&played.run);
                return Err(failure);
            }
            let over = played.failure.is_some();
            let there = Seen {
                frame: Frame::of(&played.run.evidence),
                lines: timeline::in_words(&timeline::tell(&played.run.evidence, None)),
                violations: violations(rules, &played),
                choices: match turns.get(at) {
                    Some(next) if !over => vec![*next],
                    _ => Vec::new(),
                },
                pruned: false,
            };
            seen.insert(turns[..at].to_vec(), there);
            run = played.run;
            if over {
                break;
            }
        }
        driver.close(&run);
        let mut folding = Folding::default();
        let (first, paths) = folding.fold(&seen, &mut Vec::new());
        Ok(Trace {
            format: super::FORMAT,
            drill: origin.drill,
            source: origin.source,
            key,
            what: super::what(driver.world()),
            nouns: super::nouns(driver.world()),
            user: started.clone().next().unwrap_or(FIRST_KEY),
            code: None,
            callers: started.count(),
            schedules: paths.all,
            broken: paths.broken,
            turns: folding.turns.texts,
            texts: folding.texts.texts,
            nodes: from_the_first(&folding.nodes, first),
        })
    }
}
