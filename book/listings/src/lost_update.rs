//! Ten deposits, each written over by the next.

use std::cell::Cell;

use futures::future::join_all;

use crate::one_loop::{run, wait};

// ANCHOR: listing
async fn deposit(balance: &Cell<u32>, amount: u32) {
    let before = balance.get();
    write_audit_log().await;
    balance.set(before + amount);
}
// ANCHOR_END: listing

// ANCHOR: fixed
async fn deposit_whole(balance: &Cell<u32>, amount: u32) {
    balance.set(balance.get() + amount);
    write_audit_log().await;
}
// ANCHOR_END: fixed

async fn write_audit_log() {
    wait(5).await;
}

/// Ten deposits of 10 at once, in both ways.
pub fn main() {
    run(async {
        let balance = Cell::new(0);
        join_all((0..10).map(|_| deposit(&balance, 10))).await;
        println!("read, await, write: {}", balance.get());

        let balance = Cell::new(0);
        join_all((0..10).map(|_| deposit_whole(&balance, 10))).await;
        println!("read and write, then await: {}", balance.get());
    });
}
