//! How many schedules an exam plays. Some right solutions have many more interleavings than
//! others, or runs that cost more, and are to come to their end on a busy machine too.

/// The most of one space.
pub(super) const OF_A_SPACE: usize = 4_000;

/// The same of a drill that is made for threads: each schedule waits for them.
const OF_A_SPACE_WITH_THREADS: usize = 200;
const OF_ALL_WITH_THREADS: usize = 400;
const SAMPLE_WITH_THREADS: usize = 40;

/// The most of all spaces together, but for a sample of each.
const OF_ALL: usize = 6_000;
const SAMPLE: usize = 300;

/// The most of one space where a drill is not made for threads and they take part all the
/// same: each turn of each run takes its time.
const PATIENT: usize = 60;
const SOLITARY: usize = 40;

/// In such a drill so many threads cost as much as another run: each is looked at in each turn.
const LOOKED_AT: usize = 4;

/// So many of one space in any case.
const FEWEST: usize = 15;

/// So many threads, which start and end with each run, cost as much as another run.
const THREADS: usize = 2;

/// So many of each where only other checks look: a look shows whose a violation is.
const A_LOOK: usize = 25;

/// How many schedules of the next spaces are played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Of each space, at most.
    pub(super) of_a_space: usize,
    /// Of all of them together, but for a sample of each.
    pub(super) of_all: usize,
    /// That sample.
    pub(super) sample: usize,
}

impl Extent {
    /// Where each run has so many threads and so many schedules have been played.
    pub(super) fn left(threads: usize, played: usize) -> Extent {
        let cost = 1 + threads / THREADS;
        Extent {
            of_a_space: OF_A_SPACE,
            of_all: (OF_ALL / cost).saturating_sub(played),
            sample: SAMPLE / cost,
        }
    }

    /// The same of a drill that is made for threads.
    pub(super) fn left_with_threads(played: usize) -> Extent {
        Extent {
            of_a_space: OF_A_SPACE_WITH_THREADS,
            of_all: OF_ALL_WITH_THREADS.saturating_sub(played),
            sample: SAMPLE_WITH_THREADS,
        }
    }

    /// Where other threads take part though the drill is not made for them, and each run has so
    /// many.
    pub(super) fn patient(threads: usize) -> Extent {
        Extent::of(PATIENT, threads)
    }

    /// The same where each run has a process of its own.
    pub(super) fn solitary(threads: usize) -> Extent {
        Extent::of(SOLITARY, threads)
    }

    fn of(schedules: usize, threads: usize) -> Extent {
        let schedules = (schedules / (1 + threads / LOOKED_AT)).max(FEWEST);
        Extent {
            of_a_space: schedules,
            of_all: usize::MAX,
            sample: schedules,
        }
    }

    /// The same where nothing is looked for that is to be found.
    pub(super) fn of_a_look(self) -> Extent {
        Extent {
            of_a_space: self.of_a_space.min(A_LOOK),
            sample: self.sample.min(A_LOOK),
            ..self
        }
    }

    /// The most of a space that nothing is played beside.
    pub(super) fn of_one(self) -> usize {
        self.of_all.clamp(self.sample, self.of_a_space)
    }

    /// Whether large spaces are sampled.
    pub(super) fn samples(self) -> bool {
        self.of_one() < OF_A_SPACE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(threads: usize, played: usize) -> usize {
        Extent::left(threads, played).of_one()
    }

    #[test]
    fn a_drill_made_for_threads_has_fewer() {
        let left = [0, 250, 390, 2_000].map(|played| Extent::left_with_threads(played).of_one());
        assert_eq!(left, [200, 150, 40, 40]);
    }

    #[test]
    fn a_space_is_played_whole_until_there_were_many_and_then_as_a_sample() {
        let left = [0, 2_500, 5_900, 16_000].map(|played| left(0, played));
        assert_eq!(left, [OF_A_SPACE, 3_500, SAMPLE, SAMPLE]);
        let samples = [0, 2_500].map(|played| Extent::left(0, played).samples());
        assert_eq!(samples, [false, true]);
    }

    #[test]
    fn runs_with_many_threads_are_fewer() {
        let patient = [1, 8, 60].map(|threads| Extent::patient(threads).of_one());
        assert_eq!(patient, [60, 20, FEWEST]);
        let solitary = [1, 8, 60].map(|threads| Extent::solitary(threads).of_one());
        assert_eq!(solitary, [40, FEWEST, FEWEST]);
        let first = [1, 16, 60, 250].map(|threads| left(threads, 0));
        assert_eq!(first, [OF_A_SPACE, 666, 193, 47]);
        let last = [1, 16, 60, 250].map(|threads| left(threads, 16_000));
        assert_eq!(last, [300, 33, 9, 2]);
    }

    #[test]
    fn a_look_is_never_more_than_what_is_played_otherwise() {
        let look = |extent: Extent| (extent.of_a_look().of_one(), extent.of_a_look().samples());
        assert_eq!(look(Extent::left(0, 0)), (A_LOOK, true));
        assert_eq!(look(Extent::left(0, 16_000)), (A_LOOK, true));
        assert_eq!(look(Extent::left(250, 16_000)), (2, true));
        assert_eq!(look(Extent::patient(60)), (FEWEST, true));
    }
}
