//! A trace of one schedule: what a figure needs to walk a failure of a verdict.

use std::collections::HashMap;

use super::{Folding, Moment, Seen, Subject, Trace, from_the_first};
use crate::driver::{Driver, Service};
use crate::exam::violations;
use crate::explore::System;
use crate::judge::Rules;
use crate::schedule::{Action, Turn};
use crate::timeline;

impl Trace {
    /// Plays one schedule turn by turn and keeps what was seen, up to a failure of the
    /// process. `None` for what no figure draws: threads.
    pub fn of_schedule(
        driver: &mut Driver<'_>,
        rules: &dyn Rules,
        turns: &[Turn],
        subject: Subject,
    ) -> Option<Trace> {
        let mut users = turns.iter().filter_map(|turn| match turn.action {
            Action::Start { user } => Some(user),
            _ => None,
        });
        let user = users.next()?;
        if driver.service() != Service::Users {
            return None;
        }
        let key = format!("{}:{}", driver.seed(), subject.check);
        let mut seen: HashMap<Vec<Turn>, Seen> = HashMap::new();
        let mut run = driver.open();
        for at in 0..=turns.len() {
            let now = turns[..at].last().copied().into_iter().collect();
            let mut played = driver.play(vec![(run, now)]);
            let played = played.pop().expect("one run in, one run out");
            let over = played.failure.is_some();
            let there = Seen {
                moment: Moment::of(&played.run.evidence),
                told: timeline::tell(&played.run.evidence, None),
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
        Some(Trace {
            format: super::FORMAT,
            drill: subject.drill,
            source: subject.source,
            key,
            user,
            callers: 1 + users.count(),
            schedules: paths.all,
            broken: paths.broken,
            turns: folding.turns.texts,
            texts: folding.texts.texts,
            nodes: from_the_first(&folding.nodes, first),
        })
    }
}
