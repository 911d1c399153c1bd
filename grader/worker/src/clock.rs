//! The clock that a submission sees on its loop: the run's own.
//!
//! Time stands still in a run except when the grader lets it pass. The standard library's
//! clocks must agree: a row that expires by `std::time::Instant` expires when the grader
//! says so. The C library's function that asks for the time is replaced, only on the
//! loop's thread and only while code of a run runs there. Other threads that wait for
//! some milliseconds must see them pass.

use std::cell::Cell;
use std::time::Duration;

thread_local! {
    /// The age of the run whose code is running on this thread.
    static AGE: Cell<Option<Duration>> = const { Cell::new(None) };

    /// How often that code has asked for the time since it began to run.
    static READS: Cell<u32> = const { Cell::new(0) };

    /// Time let pass for code that waits by watching the clock.
    static MOVED: Cell<Duration> = const { Cell::new(Duration::ZERO) };

    /// The limit up to which time is let pass.
    static MOVED_UNTIL: Cell<Option<Duration>> = const { Cell::new(None) };
}

/// Code that looks at the clock more often than this without an await waits for it to move,
/// and would wait for ever.
const READS_AT_ONCE: u32 = 64;

/// Runs `work` while this thread's clocks show `age` as the run's age.
pub(crate) fn showing<T>(age: Duration, work: impl FnOnce() -> T) -> T {
    struct Restored(Option<Duration>);
    impl Drop for Restored {
        fn drop(&mut self) {
            AGE.set(self.0);
        }
    }
    let _restored = Restored(AGE.replace(Some(age)));
    READS.set(0);
    MOVED_UNTIL.set(None);
    work()
}

/// Time has passed while code of a run is running on this thread.
pub(crate) fn has_passed(time: Duration) {
    AGE.set(AGE.get().map(|age| age + time));
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod shown {
    use std::sync::OnceLock;
    use std::time::Duration;

    use rustix::time::ClockId;

    /// As the C library has it.
    #[repr(C)]
    #[derive(Debug)]
    pub(super) struct Timespec {
        seconds: i64,
        nanos: i64,
    }

    const REALTIME: i32 = 0;
    const MONOTONIC: i32 = 1;

    /// What both clocks showed when they were first asked.
    static BEGAN: OnceLock<[Duration; 2]> = OnceLock::new();

    fn began() -> &'static [Duration; 2] {
        BEGAN.get_or_init(|| [real(REALTIME), real(MONOTONIC)])
    }

    /// The system's answer, bypassing the C library, which would ask us again.
    fn real(clock: i32) -> Duration {
        let clock = match clock {
            REALTIME => ClockId::Realtime,
            _ => ClockId::Monotonic,
        };
        let now = rustix::time::clock_gettime(clock);
        let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
        Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
    }

    /// The time let pass for code that looks at the clock again and again.
    fn moved() -> Duration {
        let reads = super::READS.get().saturating_add(1);
        super::READS.set(reads);
        if reads > super::READS_AT_ONCE {
            let real = real(MONOTONIC);
            let until = super::MOVED_UNTIL.replace(Some(real)).unwrap_or(real);
            super::MOVED.set(super::MOVED.get() + real.saturating_sub(until));
        }
        super::MOVED.get()
    }

    fn now(clock: i32) -> Duration {
        let place = usize::from(clock != REALTIME);
        match super::AGE.get() {
            Some(age) => began()[place] + age + moved(),
            None => real(clock),
        }
    }

    /// Takes the place of the C library's `clock_gettime`. All clocks but the two that
    /// the standard library asks show the monotonic time.
    #[expect(
        unsafe_code,
        reason = "the C library's function is replaced, and writes where it is told to"
    )]
    #[unsafe(no_mangle)]
    pub(super) unsafe extern "C" fn clock_gettime(clock: i32, into: *mut Timespec) -> i32 {
        let now = now(clock);
        let told = Timespec {
            seconds: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
            nanos: i64::from(now.subsec_nanos()),
        };
        // SAFETY: the caller of `clock_gettime` gives a place for one `timespec`, and
        // `Timespec` has the same layout.
        unsafe { into.write(told) };
        0
    }
}
