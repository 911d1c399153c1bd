//! A standard lock's guard, held across an await: the thread waits for itself.

use std::process::exit;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use futures::join;

use crate::one_loop::{run, wait};

// ANCHOR: listing
#[expect(clippy::await_holding_lock, reason = "this is the mistake to show")]
async fn append(name: &str, log: &Mutex<Vec<String>>) {
    println!("{name} asks for the lock");
    let mut lines = log.lock().expect("nobody panicked");
    println!("{name} has it, and awaits");
    wait(10).await;
    lines.push(name.to_owned());
    println!("{name} is done");
}
// ANCHOR_END: listing

/// Two tasks that want the lock. Ends the process, which cannot end by itself.
pub fn main() {
    thread::spawn(|| {
        thread::sleep(Duration::from_millis(500));
        println!("(half a second later nothing has moved; a watching thread ends the process)");
        exit(0);
    });
    run(async {
        let log = Mutex::default();
        join!(append("red", &log), append("blue", &log));
    });
}
