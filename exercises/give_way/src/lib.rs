//! Drill `give_way`: long work that does not hold the loop.

// `LONGEST_STRETCH` is in `kit::work` as well.
use kit::work::step;

/// The state after `steps` steps: `step(seed, 0)`, then `step` of that and 1, and so on.
/// With 0 steps it is `seed`. As it is, nothing else on the loop runs meanwhile.
///
/// - No poll makes more than `LONGEST_STRETCH` steps, that is 64, wherever they are made.
/// - Between two stretches everybody else who is ready has a turn: a neighbour on the same
///   loop, and another fold. Two folds that run together go on together.
/// - A fold whose caller is dropped makes no further step.
/// - It goes on by itself: it waits for no timer and uses no other thread. When it is alone
///   on the loop it is done after at most `steps / 16 + 10` polls, so a stretch should not
///   be too short either.
pub async fn fold(seed: u64, steps: u64) -> u64 {
    let mut state = seed;
    for number in 0..steps {
        state = step(state, number);
        // To do: when is it time to give way, and how is that done?
    }
    state
}
