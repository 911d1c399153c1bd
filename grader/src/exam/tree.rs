//! The schedules of a space as the explorer walks them. Its main type is [`Tree`].

use std::cell::RefCell;

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Turn};
use play::space::{Member, Paths};

/// A space, or one random walk through it.
pub(super) struct Tree<'p> {
    paths: &'p dyn Paths,
    /// What chooses each turn of a random walk.
    dice: Option<RefCell<fastrand::Rng>>,
}

impl<'p> Tree<'p> {
    /// All of a space.
    pub(super) fn whole(paths: &'p dyn Paths) -> Tree<'p> {
        Tree { paths, dice: None }
    }

    /// A space that is played whole, or each of its random walks, of which there are `most`
    /// at most.
    pub(super) fn of(
        member: &'p Member<'_>,
        seed: u64,
        most: usize,
    ) -> impl Iterator<Item = Tree<'p>> {
        let paths = &*member.paths;
        let whole = member.walks.is_none().then(|| Tree::whole(paths));
        let count = member.walks.unwrap_or_default().min(most);
        let walks = (1..=count as u64).map(move |walk| {
            let seed = seed ^ walk.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let dice = Some(RefCell::new(fastrand::Rng::with_seed(seed)));
            Tree { paths, dice }
        });
        whole.into_iter().chain(walks)
    }

    /// The turns that may follow. Where callers cannot be dropped, none of them does that.
    pub(super) fn choices(&self, evidence: &Evidence, drops: bool) -> Follow<Turn> {
        let follow = possible(self.paths, evidence, drops);
        let Some(dice) = &self.dice else {
            return follow;
        };
        match follow {
            Follow::AnyOf(turns) => {
                let chosen = dice.borrow_mut().choice(turns);
                chosen.map_or(Follow::End, |turn| Follow::AnyOf(vec![turn]))
            }
            Follow::AllOf(_) | Follow::End => follow,
            // Half settling settled everything, so the next turn follows.
            Follow::Pruned => Follow::AnyOf(vec![Turn::full(Action::Wait)]),
        }
    }
}

/// The turns that may follow; none if the run would go on without end.
fn possible(paths: &dyn Paths, evidence: &Evidence, drops: bool) -> Follow<Turn> {
    if evidence.restless().is_some() {
        return Follow::End;
    }
    let follow = paths.choices(evidence);
    if drops {
        return follow;
    }
    let stays = |turn: &Turn| !matches!(turn.action, Action::HangUp { .. });
    let (mut turns, is_any) = match follow {
        Follow::AnyOf(turns) => (turns.into_iter().filter(stays).collect::<Vec<_>>(), true),
        Follow::AllOf(turns) => (turns.into_iter().take_while(stays).collect(), false),
        Follow::End | Follow::Pruned => return follow,
    };
    if turns.is_empty() {
        // There was nothing else to do: tasks go on, once.
        let wait = Turn::full(Action::Wait);
        if evidence.turns().last() == Some(&wait) {
            return Follow::End;
        }
        turns.push(wait);
    }
    match is_any {
        true => Follow::AnyOf(turns),
        false => Follow::AllOf(turns),
    }
}
