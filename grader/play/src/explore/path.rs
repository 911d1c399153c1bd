//! The turns that lead to a place in the tree of schedules.
//!
//! Its main type is [`Path`]: the last turn and the path before it, which its branches
//! share. So the memory of a tree grows with its open branches, not with their lengths
//! too.

use std::rc::Rc;

/// Turns, shared with every path that begins with them.
#[derive(Debug)]
pub(super) struct Path<T>(Option<Rc<Last<T>>>);

#[derive(Debug)]
struct Last<T> {
    before: Path<T>,
    turn: T,
    length: usize,
}

impl<T> Path<T> {
    /// No turn yet.
    pub(super) fn start() -> Path<T> {
        Path(None)
    }

    /// This path, and one turn more.
    pub(super) fn then(&self, turn: T) -> Path<T> {
        let length = self.0.as_ref().map_or(0, |last| last.length) + 1;
        let before = self.clone();
        Path(Some(Rc::new(Last {
            before,
            turn,
            length,
        })))
    }
}

impl<T: Clone> Path<T> {
    /// All turns, the first one first.
    pub(super) fn turns(&self) -> Vec<T> {
        let mut turns = Vec::with_capacity(self.0.as_ref().map_or(0, |last| last.length));
        let mut at = self;
        while let Some(last) = &at.0 {
            turns.push(last.turn.clone());
            at = &last.before;
        }
        turns.reverse();
        turns
    }
}

impl<T> Clone for Path<T> {
    fn clone(&self) -> Path<T> {
        Path(self.0.clone())
    }
}

impl<T> Drop for Path<T> {
    /// Freed in a loop: freeing a long path by recursion could overflow the stack.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(last) = next {
            next = Rc::into_inner(last).and_then(|mut last| last.before.0.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_share_the_turns_before_them() {
        let trunk = Path::start().then('a').then('b');
        let (left, right) = (trunk.then('c'), trunk.then('d'));
        drop(trunk);
        assert_eq!(left.turns(), ['a', 'b', 'c']);
        assert_eq!(right.turns(), ['a', 'b', 'd']);
    }

    #[test]
    fn a_path_of_any_length_can_be_freed() {
        let long = (0..1_000_000).fold(Path::start(), |path, turn| path.then(turn));
        let branch = long.then(7);
        drop(long);
        assert_eq!(branch.turns().len(), 1_000_001);
    }
}
