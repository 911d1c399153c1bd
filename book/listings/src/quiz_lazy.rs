//! A question: what does an async function do before it is awaited?

use crate::one_loop::run;

// ANCHOR: listing
async fn greet() {
    println!("hello");
}

async fn quiz() {
    let greeting = greet();
    println!("before");
    greeting.await;
}
// ANCHOR_END: listing

/// Runs the question.
pub fn main() {
    run(quiz());
}
