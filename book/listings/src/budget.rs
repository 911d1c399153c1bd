//! tokio's budget: a task that always has something to do must pause anyway.

use tokio::join;
use tokio::sync::mpsc;
use tokio::task::spawn_local;

use crate::one_loop::run;

// ANCHOR: listing
async fn drain(mut messages: mpsc::UnboundedReceiver<u32>) -> u32 {
    let mut drained = 0;
    while messages.recv().await.is_some() {
        drained += 1;
        DRAINED.set(drained);
    }
    drained
}

async fn neighbour() {
    println!("the neighbour runs after {} messages", DRAINED.get());
}
// ANCHOR_END: listing

thread_local! {
    static DRAINED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// A thousand messages are waiting, and so is a neighbour.
pub fn main() {
    run(async {
        let (sender, messages) = mpsc::unbounded_channel();
        (0..1000).for_each(|number| sender.send(number).expect("it is open"));
        drop(sender);
        let (drained, neighbour) = join!(
            spawn_local(drain(messages)),
            spawn_local(neighbour()),
        );
        neighbour.expect("it does not panic");
        println!("drained in all: {}", drained.expect("it does not panic"));
    });
}
