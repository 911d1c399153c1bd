//! Every branch of the tree of schedules, depth first or as a sample.

use std::collections::VecDeque;

use super::path::Path;
use super::{Advance, Follow, Limit, Strategy, System};

/// The most branches kept waiting. An honest tree never has so many; from a larger
/// one, the branches that would come last are dropped.
const BRANCHES: usize = 1 << 16;

/// Every branch of a tree, depth first.
pub(super) struct Tree<C, T> {
    choices: C,
    limit: Limit,
    /// Branches not begun: the turns that lead to each. All but the last turn have been played before.
    branches: VecDeque<Path<T>>,
    /// Branches that were dropped for want of room.
    forgotten: usize,
}

impl<C, T> Tree<C, T> {
    pub(super) fn new(choices: C, limit: Limit) -> Tree<C, T> {
        Tree {
            choices,
            limit,
            branches: VecDeque::from([Path::start()]),
            forgotten: 0,
        }
    }
}

impl<S: System, C: Fn(&S::Run) -> Follow<S::Turn>> Strategy<S> for Tree<C, S::Turn> {
    /// The turns that lead there.
    type Position = Path<S::Turn>;

    fn next_schedule(&mut self, begun: usize) -> Option<(Path<S::Turn>, Vec<S::Turn>)> {
        if begun >= self.limit.schedules {
            return None;
        }
        let known = self.branches.len();
        if let (Some(dice), 1..) = (&mut self.limit.dice, known) {
            self.branches.swap(dice.usize(..known), known - 1);
        }
        let path = self.branches.pop_back()?;
        let turns = path.turns();
        Some((path, turns))
    }

    fn advance(
        &mut self,
        position: Path<S::Turn>,
        run: &S::Run,
    ) -> Advance<Path<S::Turn>, S::Turn> {
        let mut next = match (self.choices)(run) {
            Follow::AnyOf(next) => next,
            Follow::End => return Advance::End,
            Follow::Pruned => return Advance::Pruned,
        };
        // The first choice continues this run; the others wait.
        for choice in next.drain(1..).rev() {
            self.branches.push_back(position.then(choice));
        }
        let too_many = self.branches.len().saturating_sub(BRANCHES);
        self.branches.drain(..too_many);
        self.forgotten += too_many;
        let position = next
            .iter()
            .cloned()
            .fold(position, |path, turn| path.then(turn));
        Advance::With(position, next)
    }

    fn unplayed(&self) -> usize {
        self.branches.len() + self.forgotten
    }
}
