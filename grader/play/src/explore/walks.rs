//! Random walks through the tree of schedules, each independent of the others.

use super::{Advance, Strategy, System};

/// `count` random walks.
pub(super) struct Walks<C> {
    choose: C,
    begun: usize,
    count: usize,
}

impl<C> Walks<C> {
    pub(super) fn new(choose: C, count: usize) -> Walks<C> {
        Walks {
            choose,
            begun: 0,
            count,
        }
    }
}

impl<S: System, C: FnMut(usize, &S::Run) -> Option<S::Turn>> Strategy<S> for Walks<C> {
    /// The walk's number.
    type Position = usize;

    fn next_schedule(&mut self, _: usize) -> Option<(usize, Vec<S::Turn>)> {
        let number = self.begun;
        (number < self.count).then(|| {
            self.begun += 1;
            (number, Vec::new())
        })
    }

    fn advance(&mut self, number: usize, run: &S::Run) -> Advance<usize, S::Turn> {
        match (self.choose)(number, run) {
            Some(turn) => Advance::With(number, vec![turn]),
            None => Advance::End,
        }
    }

    fn unplayed(&self) -> usize {
        self.count - self.begun
    }
}
