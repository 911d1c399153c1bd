//! A borrow that is held across an await meets another one.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::task::spawn_local;

use crate::one_loop::{run, wait};

// ANCHOR: listing
#[expect(clippy::await_holding_refcell_ref, reason = "this is the mistake to show")]
async fn append(name: &str, log: Rc<RefCell<Vec<String>>>) {
    let mut lines = log.borrow_mut();
    println!("{name} has borrowed the log, and awaits");
    wait(10).await;
    lines.push(name.to_owned());
    println!("{name} is done");
}
// ANCHOR_END: listing

/// Two tasks that borrow the log; the second one panics.
pub fn main() {
    run(async {
        let log = Rc::new(RefCell::new(Vec::new()));
        let red = spawn_local(append("red", Rc::clone(&log)));
        let blue = spawn_local(append("blue", Rc::clone(&log)));
        let (red, blue) = futures::join!(red, blue);
        red.expect("it was first");
        if let Err(broken) = blue {
            println!("{broken}");
        }
    });
}
