//! A transfer that awaits half-way, and somebody who looks meanwhile.

use std::cell::Cell;

use futures::join;
use tokio::sync::Mutex;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
struct Accounts {
    savings: Cell<u32>,
    current: Cell<u32>,
}

async fn transfer(accounts: &Accounts, amount: u32) {
    accounts.savings.set(accounts.savings.get() - amount);
    say("the money has left the savings account");
    write_audit_log().await;
    accounts.current.set(accounts.current.get() + amount);
    say("the money has reached the current account");
}

async fn report(accounts: &Accounts) {
    wait(1).await;
    let total = accounts.savings.get() + accounts.current.get();
    say(format!("the report says {total} in all"));
}
// ANCHOR_END: listing

async fn write_audit_log() {
    wait(5).await;
}

/// The transfer beside a report: first bare, then with one lock for both.
pub fn main() {
    let accounts = Accounts {
        savings: Cell::new(100),
        current: Cell::new(0),
    };
    run(async {
        println!("Without a lock:");
        join!(transfer(&accounts, 40), report(&accounts));
    });
    run(async {
        println!("With a lock that both take:");
        let whole = Mutex::new(());
        let transfer = async {
            let _whole = whole.lock().await;
            transfer(&accounts, 40).await;
        };
        let report = async {
            let _whole = whole.lock().await;
            report(&accounts).await;
        };
        join!(transfer, report);
    });
}
