//! Shared state that may not change threads: the compiler refuses the data race.

// ANCHOR: listing
use std::cell::Cell;
use std::rc::Rc;
use std::thread;

fn main() {
    let counter = Rc::new(Cell::new(0));
    let theirs = Rc::clone(&counter);
    thread::spawn(move || theirs.set(theirs.get() + 1));
    counter.set(counter.get() + 1);
}
// ANCHOR_END: listing
