//! At most two at a time, and in the order in which they came.

use futures::future::join_all;
use tokio::sync::Semaphore;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
async fn upload(name: &str, places: &Semaphore) {
    let _place = places.acquire().await.expect("it is never closed");
    say(format!("{name} begins"));
    wait(100).await;
    say(format!("{name} ends"));
}
// ANCHOR_END: listing

/// Four uploads, two places.
pub fn main() {
    run(async {
        let places = Semaphore::new(2);
        join_all(["a", "b", "c", "d"].map(|name| upload(name, &places))).await;
    });
}
