//! A hash on the loop's thread: what the other requests get meanwhile.

use std::cell::Cell;
use std::rc::Rc;

use kit::hash_password;
use tokio::task::{spawn_local, yield_now};

use crate::one_loop::run;

// ANCHOR: listing
async fn hash(password: &'static str) -> String {
    hash_password(password).expect("it is short enough")
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
        println!("small requests answered while the hash ran: {meanwhile}");
    });
}
