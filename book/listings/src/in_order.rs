//! The order of the questions, or the order of the answers.

use futures::StreamExt;
use futures::stream::iter;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
async fn answer(delay: u64) -> u64 {
    wait(delay).await;
    delay
}

async fn as_asked() {
    let answers = iter([300, 100, 200]).map(answer).buffered(3);
    answers.for_each(async |delay| say(format!("answer {delay}"))).await;
}

async fn as_answered() {
    let answers = iter([300, 100, 200]).map(answer).buffer_unordered(3);
    answers.for_each(async |delay| say(format!("answer {delay}"))).await;
}
// ANCHOR_END: listing

/// Three questions at once, whose answers take 300, 100 and 200 ms.
pub fn main() {
    println!("`buffered`, in the order of the questions:");
    run(as_asked());
    println!("`buffer_unordered`, in the order of the answers:");
    run(as_answered());
}
