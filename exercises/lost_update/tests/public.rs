//! The tests you can see. `cargo grade lost_update` runs the hidden ones.

use std::time::Duration;

use futures::future::join_all;
use kit::bank::{AccountId, Bank};
use lost_update::Accounts;
use tokio::task::LocalSet;
use tokio::time::Instant;

const LATENCY: Duration = Duration::from_millis(200);

#[tokio::test(start_paused = true)]
async fn ten_deposits_at_once_are_all_in_the_balance() {
    let bank = Bank::simulated(LATENCY);
    let balances = LocalSet::new()
        .run_until(async {
            let accounts = Accounts::new(bank.clone());
            join_all((0..10).map(|_| accounts.deposit(AccountId(8), 10))).await
        })
        .await;
    assert_eq!(bank.read(AccountId(8)).await, Ok(100));
    assert!(balances.contains(&Ok(100)));
}

#[tokio::test(start_paused = true)]
async fn deposits_in_two_accounts_go_on_side_by_side() {
    let before = Instant::now();
    let balances = LocalSet::new()
        .run_until(async {
            let accounts = Accounts::new(Bank::simulated(LATENCY));
            let both = [1, 2].map(|account| accounts.deposit(AccountId(account), 10));
            join_all(both).await
        })
        .await;
    assert_eq!(balances, [Ok(10), Ok(10)]);
    // One read and one write.
    assert_eq!(before.elapsed(), 2 * LATENCY);
}
