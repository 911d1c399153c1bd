//! A question: how long do two waits take that are joined?

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
async fn quiz() {
    let first = wait(100);
    let second = wait(200);
    tokio::join!(first, second);
    say("done");
}
// ANCHOR_END: listing

/// Runs the question.
pub fn main() {
    run(quiz());
}
