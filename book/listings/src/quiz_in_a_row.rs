//! A question: how long do two awaits in a row take?

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
async fn quiz() {
    let first = wait(100);
    let second = wait(200);
    first.await;
    second.await;
    say("done");
}
// ANCHOR_END: listing

/// Runs the question.
pub fn main() {
    run(quiz());
}
