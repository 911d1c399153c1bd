//! Candidates for a loop-latency meter, and what each says of a run.

use std::time::Duration;

use worker::meter::PollReading;

/// A stall this long counts as one.
pub(crate) const LINE: Duration = Duration::from_millis(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Candidate {
    Heartbeat,
    WallTime,
    CpuTime,
    CpuOrWallTime,
    RunQueueCorrected,
    SwitchRule,
    Parts,
    Meter,
}

impl Candidate {
    pub(crate) const ALL: [Candidate; 8] = [
        Candidate::Heartbeat,
        Candidate::WallTime,
        Candidate::CpuTime,
        Candidate::CpuOrWallTime,
        Candidate::RunQueueCorrected,
        Candidate::SwitchRule,
        Candidate::Parts,
        Candidate::Meter,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Candidate::Heartbeat => "heartbeat",
            Candidate::WallTime => "wall",
            Candidate::CpuTime => "CPU",
            Candidate::CpuOrWallTime => "CPU or wall",
            Candidate::RunQueueCorrected => "wall − queue",
            Candidate::SwitchRule => "+ switch rule",
            Candidate::Parts => "running + blocked",
            Candidate::Meter => "the meter",
        }
    }

    pub(crate) fn explanation(self) -> &'static str {
        match self {
            Candidate::Heartbeat => "how late a task was called that sleeps 1 ms at a time",
            Candidate::WallTime => "wall time of a poll",
            Candidate::CpuTime => "thread CPU time of a poll",
            Candidate::CpuOrWallTime => {
                "CPU time, or wall time if the thread gave up its core of its own will \
                 (what the meter does without run-queue delays)"
            }
            Candidate::RunQueueCorrected => "wall time minus the thread's run-queue delay",
            Candidate::SwitchRule => {
                "the same, and a poll with a voluntary switch whose wall time passed the \
                 line counts as a stall"
            }
            Candidate::Parts => {
                "CPU time; plus, if there was a voluntary switch, all that is neither CPU \
                 time nor run-queue delay"
            }
            Candidate::Meter => "the same, minus what other threads say they waited for a core",
        }
    }
}

/// What every candidate says of one poll, or the most it said in a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Readings {
    times: [Duration; Candidate::ALL.len()],
    over: [bool; Candidate::ALL.len()],
}

impl Readings {
    pub(crate) fn of_poll(poll: &PollReading) -> Readings {
        let switched = poll.voluntary_switches > 0;
        let wall = poll.wall_micros;
        let cpu = poll.cpu_micros;
        let corrected = wall.saturating_sub(poll.run_queue_micros);
        let mut readings = Readings::default();
        for (candidate, micros) in [
            (Candidate::WallTime, wall),
            (Candidate::CpuTime, cpu),
            (Candidate::CpuOrWallTime, if switched { wall } else { cpu }),
            (Candidate::RunQueueCorrected, corrected),
            (Candidate::SwitchRule, corrected),
            (Candidate::Parts, cpu + poll.blocked_micros),
            (Candidate::Meter, poll.stall_micros),
        ] {
            readings.set(candidate, Duration::from_micros(micros));
        }
        readings
    }

    pub(crate) fn over_by_switch_rule(poll: &PollReading) -> bool {
        poll.voluntary_switches > 0 && u128::from(poll.wall_micros) >= LINE.as_micros()
    }

    pub(crate) fn raise_to(&mut self, other: &Readings) {
        for candidate in Candidate::ALL {
            self.set(candidate, self.time(candidate).max(other.time(candidate)));
        }
    }

    pub(crate) fn set(&mut self, candidate: Candidate, time: Duration) {
        self.times[candidate as usize] = time;
    }

    pub(crate) fn set_over(&mut self, candidate: Candidate, over: bool) {
        self.over[candidate as usize] = over;
    }

    pub(crate) fn time(&self, candidate: Candidate) -> Duration {
        self.times[candidate as usize]
    }

    /// Whether the candidate would say that the loop was stalled.
    pub(crate) fn is_over(&self, candidate: Candidate) -> bool {
        self.time(candidate) >= LINE || self.over[candidate as usize]
    }
}
