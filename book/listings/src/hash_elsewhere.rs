//! The same hash on another thread: the loop goes on answering.

use std::cell::Cell;
use std::rc::Rc;

use kit::hash_password;
use tokio::task::{spawn_blocking, spawn_local, yield_now};

use crate::one_loop::run;

// ANCHOR: listing
async fn hash(password: &'static str) -> String {
    let hashing = spawn_blocking(move || hash_password(password));
    let hash = hashing.await.expect("it does not panic");
    hash.expect("it is short enough")
}
// ANCHOR_END: listing

/// One hash, while another task answers small requests as fast as it can.
pub fn main() {
    run(async {
        let answered = Rc::new(Cell::new(0_u64));
        let small_requests = spawn_local({
            let answered = Rc::clone(&answered);
            async move {
                loop {
                    answered.set(answered.get() + 1);
                    yield_now().await;
                }
            }
        });
        yield_now().await;
        let before = answered.get();
        hash("correct horse").await;
        let meanwhile = answered.get() - before;
        small_requests.abort();
        println!(
            "small requests answered while the hash ran: {}",
            if meanwhile >= 1000 { "more than 1,000" } else { "fewer than 1,000" }
        );
    });
}
