//! The tests you can see. `cargo grade give_way` runs the hidden ones.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use give_way::fold;
use kit::work::{LONGEST_STRETCH, step};
use tokio::task::{LocalSet, spawn_local};

#[tokio::test(start_paused = true)]
async fn the_state_is_that_after_the_last_step() {
    let tasks = LocalSet::new();
    let check = tasks.run_until(async {
        for steps in [0, 1, LONGEST_STRETCH, LONGEST_STRETCH + 1, 200] {
            let state = (0..steps).fold(7, step);
            assert_eq!(fold(7, steps).await, state, "after {steps} steps");
        }
    });
    check.await;
}

#[tokio::test(start_paused = true)]
async fn a_neighbour_has_a_turn_after_each_stretch() {
    let turns = Rc::new(Cell::new(0));
    let tasks = LocalSet::new();
    let check = tasks.run_until(async {
        let folding = spawn_local(fold(7, 10 * LONGEST_STRETCH));
        let neighbour = spawn_local(neighbour(Rc::clone(&turns)));
        folding.await.expect("it does not panic");
        neighbour.abort();
        let turns = turns.get();
        assert!(turns >= 9, "the neighbour had {turns} turns");
    });
    check.await;
}

/// Counts its turns, and wakes itself each time.
async fn neighbour(turns: Rc<Cell<u32>>) {
    poll_fn(|context| {
        turns.set(turns.get() + 1);
        context.waker().wake_by_ref();
        Poll::<()>::Pending
    })
    .await;
}
