//! With how much care runs are played. Each step costs more time than the one before, and
//! takes away something that could pass for a fault of the submission.

use play::world::World;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Care {
    /// Many runs are open side by side in one worker, and whole scripts are sent ahead.
    Crowded,
    /// One run at a time, and a turn is over only when every thread of the worker rests.
    Patient,
    /// The same, each run in a worker of its own.
    Solitary,
}

impl Care {
    /// What is enough for a world, unless something else is seen.
    pub(super) fn of(world: &dyn World) -> Care {
        match world.uses_threads() {
            false => Care::Crowded,
            true => Care::Patient,
        }
    }

    /// The next step, if there is one.
    pub fn more(self) -> Option<Care> {
        match self {
            Care::Crowded => Some(Care::Patient),
            Care::Patient => Some(Care::Solitary),
            Care::Solitary => None,
        }
    }
}
