//! Every branch of some trees of schedules: depth first, or as a sample, or one after the other.

use std::collections::VecDeque;

use super::path::Path;
use super::{Advance, Follow, Limit};

/// The most branches of a tree kept waiting. An honest tree never has so many; from a larger
/// one, the branches that would come last are dropped.
const BRANCHES: usize = 1 << 16;

/// Where a run is: in which tree, and the turns that lead there.
pub(super) struct Position<T> {
    tree: usize,
    path: Path<T>,
}

struct Tree<T> {
    /// Branches not begun: the turns that lead to each. All but the last turn have been played before.
    branches: VecDeque<Path<T>>,
    /// Schedules begun, but for those that showed nothing new.
    begun: usize,
    /// Branches that were dropped for want of room.
    forgotten: usize,
}

/// Every branch of some trees. Each tree is begun at once, so that long schedules are played
/// beside all others; then one tree after the other is played to its end.
pub(super) struct Forest<C, T> {
    choices: C,
    limit: Limit,
    trees: Vec<Tree<T>>,
    /// Trees that have been begun.
    begun: usize,
}

impl<C, T: Clone> Forest<C, T> {
    pub(super) fn new(trees: usize, choices: C, limit: Limit) -> Forest<C, T> {
        let tree = |_| Tree {
            branches: VecDeque::from([Path::start()]),
            begun: 0,
            forgotten: 0,
        };
        Forest {
            choices,
            limit,
            trees: (0..trees).map(tree).collect(),
            begun: 0,
        }
    }

    /// The next schedule to begin, with its first turns, given how many were begun so far.
    pub(super) fn next_schedule(&mut self, begun: usize) -> Option<(Position<T>, Vec<T>)> {
        if self.begun < self.trees.len() {
            self.begun += 1;
            return self.of_tree(self.begun - 1, begun);
        }
        // A tree without branches may get new ones while a run of it is under way.
        (0..self.trees.len()).find_map(|tree| self.of_tree(tree, begun))
    }

    fn of_tree(&mut self, number: usize, begun: usize) -> Option<(Position<T>, Vec<T>)> {
        let Limit {
            of_a_tree,
            of_all,
            sample,
            dice,
            shuffled,
        } = &mut self.limit;
        let tree = &mut self.trees[number];
        let are_many = begun >= *of_all;
        let most = if are_many { *sample } else { *of_a_tree };
        if tree.begun >= most {
            return None;
        }
        let known = tree.branches.len();
        // Depth first, the turns that a schedule begins with change last. In a tree that may be
        // too large they are to change as well.
        let may_be_cut = tree.begun >= most.div_ceil(2);
        if known > 0 && (*shuffled || are_many || may_be_cut) {
            tree.branches.swap(dice.usize(..known), known - 1);
        }
        let path = tree.branches.pop_back()?;
        tree.begun += 1;
        let turns = path.turns();
        let tree = number;
        Some((Position { tree, path }, turns))
    }

    /// How a run continues once the turns it was sent with are played.
    pub(super) fn advance<R>(&mut self, position: Position<T>, run: &R) -> Advance<T>
    where
        C: Fn(usize, &R) -> Follow<T>,
    {
        let Position { tree: number, path } = position;
        let tree = &mut self.trees[number];
        let mut next = match (self.choices)(number, run) {
            Follow::AnyOf(next) => next,
            Follow::AllOf(next) => {
                let turns = next.iter().cloned();
                let path = turns.fold(path, |path, turn| path.then(turn));
                let tree = number;
                return Advance::With(Position { tree, path }, next);
            }
            Follow::End => return Advance::End,
            Follow::Pruned => {
                tree.begun -= 1;
                return Advance::Pruned;
            }
        };
        // The first choice continues this run; the others wait.
        for choice in next.drain(1..).rev() {
            tree.branches.push_back(path.then(choice));
        }
        let too_many = tree.branches.len().saturating_sub(BRANCHES);
        tree.branches.drain(..too_many);
        tree.forgotten += too_many;
        let path = next
            .iter()
            .cloned()
            .fold(path, |path, turn| path.then(turn));
        let tree = number;
        Advance::With(Position { tree, path }, next)
    }

    /// How many known schedules were not begun.
    pub(super) fn unplayed(&self) -> usize {
        let of_tree = |tree: &Tree<T>| tree.branches.len() + tree.forgotten;
        self.trees.iter().map(of_tree).sum()
    }
}
