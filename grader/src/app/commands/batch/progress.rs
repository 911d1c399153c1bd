//! The progress of a batch: a bar on a terminal that can redraw one, otherwise a line for
//! every tenth.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::list::count;
use crate::class::batch::{Plan, Record};
use crate::course::aloud;

/// Counts the gradings and shows the progress.
pub(super) struct Progress {
    begun: Instant,
    bar: Option<ProgressBar>,
    all: usize,
    gradings: usize,
    done: Arc<AtomicUsize>,
}

impl Progress {
    pub(super) fn new(plan: &Plan<'_>, hand_ins: usize, seed: u64) -> Progress {
        let (all, gradings) = (plan.to_be_told(), plan.gradings());
        let refused = match plan.refused {
            0 => String::new(),
            number => format!(", {number} that cannot be taken"),
        };
        aloud::say(&format!(
            "{}: {} to grade, {} of others, {} kept from before{refused}; seed {seed}",
            count(hand_ins, "submission"),
            gradings,
            count(plan.copies, "copy").replace("copys", "copies"),
            plan.kept,
        ));
        let bar = (all > 0 && aloud::redraws()).then(|| {
            let bar = ProgressBar::new(all as u64);
            let look = "{bar:30} {pos}/{len}  {rate} a second  {eta} left";
            let style = ProgressStyle::with_template(look).expect("it is a template");
            bar.set_style(
                style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
                    // A bar that is not drawn does no harm.
                    let _ = write!(out, "{:.1}", state.per_sec());
                }),
            );
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        Progress {
            begun: Instant::now(),
            bar,
            all,
            gradings,
            done: Arc::default(),
        }
    }

    /// Notes that one more is graded and kept.
    pub(super) fn one(&self, _: &Record) {
        let done = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(bar) = &self.bar {
            bar.inc(1);
        } else if done * 10 / self.all > (done - 1) * 10 / self.all {
            let rate = done as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
            let left = (self.all - done) as f64 / rate;
            aloud::say(&format!(
                "{done} of {} graded, {rate:.1} a second, {left:.0} s left",
                self.all
            ));
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// How long it took, in words; empty when nothing was graded.
    pub(super) fn took(&self) -> String {
        let seconds = self.begun.elapsed().as_secs_f64();
        match self.gradings {
            0 => "nothing had to be graded".to_owned(),
            gradings => format!(
                "{} in {seconds:.1} s, {:.2} a second",
                count(gradings, "grading"),
                gradings as f64 / seconds.max(0.001)
            ),
        }
    }

    /// The message after Ctrl-C.
    pub(super) fn last_words(&self) -> impl Fn() + Send + 'static {
        let (done, all, bar) = (Arc::clone(&self.done), self.all, self.bar.clone());
        move || {
            if let Some(bar) = &bar {
                bar.abandon();
            }
            let done = done.load(Ordering::SeqCst);
            aloud::say(&format!(
                "stopped; {done} of {all} are graded and kept, and the same command goes on with the rest"
            ));
        }
    }
}
