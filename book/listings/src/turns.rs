//! Two tasks take turns, and only at their awaits.

use tokio::task::{spawn_local, yield_now};

use crate::one_loop::run;

// ANCHOR: listing
async fn count(name: &'static str) {
    for number in 1..=3 {
        println!("{name} begins {number}");
        println!("{name} ends {number}");
        yield_now().await;
    }
}

/// Runs two counts on one loop.
pub fn main() {
    run(async {
        let red = spawn_local(count("red"));
        let blue = spawn_local(count("blue"));
        let (red, blue) = tokio::join!(red, blue);
        red.and(blue).expect("neither panics");
    });
}
// ANCHOR_END: listing
