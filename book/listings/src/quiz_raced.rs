//! A question: what becomes of the branch that loses a `select!`?

use crate::one_loop::{run, wait};

// ANCHOR: listing
async fn save(name: &str, time: u64) {
    println!("{name} begins");
    wait(time).await;
    println!("{name} is saved");
}

async fn quiz() {
    tokio::select! {
        biased;
        () = save("draft", 200) => {}
        () = save("note", 100) => {}
    }
    wait(500).await;
}
// ANCHOR_END: listing

/// Runs the question.
pub fn main() {
    run(quiz());
}
