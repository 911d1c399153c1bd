//! How the connections of a run stand. Its main type is [`Connections`].

use std::collections::{BTreeMap, BTreeSet};

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// Its connect is under way, or was answered and the pool does not know yet.
    Opening,
    /// Open, and no ask was answered on it yet.
    Fresh,
    /// An ask is under way on it.
    Asked,
    /// Its last ask was answered.
    Healthy,
    /// This ask was left halfway on it.
    Halfway(u32),
    Broken,
    /// An ask on it panicked: whether it may be used again is free.
    Doubtful,
}

/// The connections that are open or being opened, and those that broke and are not closed.
#[derive(Default)]
pub(super) struct Connections {
    all: BTreeMap<u32, Connection>,
    /// Those of a pool that is gone.
    forgotten: BTreeSet<u32>,
}

struct Connection {
    stands: Stands,
    /// Whether it was idle when the loop last rested, and has been so since.
    has_rested: bool,
}

impl Connections {
    pub(super) fn stands(&self, connection: u32) -> Option<Stands> {
        self.all.get(&connection).map(|it| it.stands)
    }

    pub(super) fn set(&mut self, connection: u32, stands: Stands) {
        if self.forgotten.contains(&connection) {
            return;
        }
        let has_rested = false;
        self.all
            .insert(connection, Connection { stands, has_rested });
    }

    pub(super) fn close(&mut self, connection: u32) {
        self.all.remove(&connection);
    }

    /// The pool is dropped; the next one is new.
    pub(super) fn forget(&mut self) {
        self.forgotten.extend(self.all.keys());
        self.all.clear();
    }

    /// How many are open or being opened. One that broke is open no more.
    pub(super) fn open(&self) -> usize {
        self.count(|stands| stands != Stands::Broken)
    }

    /// How many connects are under way.
    pub(super) fn connects(&self) -> usize {
        self.count(|stands| stands == Stands::Opening)
    }

    /// How many asks are under way.
    pub(super) fn asks(&self) -> usize {
        self.count(|stands| stands == Stands::Asked)
    }

    fn count(&self, which: fn(Stands) -> bool) -> usize {
        self.all.values().filter(|it| which(it.stands)).count()
    }

    /// The loop rests.
    pub(super) fn rest(&mut self) {
        for it in self.all.values_mut() {
            it.has_rested = matches!(it.stands, Stands::Fresh | Stands::Healthy);
        }
    }

    /// One that was idle when the loop last rested and has been so since.
    pub(super) fn idle_since_the_last_rest(&self) -> Option<u32> {
        let mut idle = self.all.iter().filter(|(_, it)| it.has_rested);
        idle.next().map(|(connection, _)| *connection)
    }
}
