//! The tests you can see. `cargo grade transfer` runs the hidden ones.

use std::time::Duration;

use futures::future::join;
use kit::audit::{Audit, TransferError};
use kit::bank::AccountId;
use tokio::task::LocalSet;
use tokio::time::Instant;
use transfer::Accounts;

const LATENCY: Duration = Duration::from_millis(200);
const ADA: AccountId = AccountId(1);
const BOB: AccountId = AccountId(2);

fn accounts() -> Accounts {
    Accounts::new(Audit::simulated(LATENCY), vec![(ADA, 100), (BOB, 0)])
}

#[tokio::test(start_paused = true)]
async fn of_two_transfers_that_are_too_much_together_one_happens() {
    let accounts = accounts();
    let both = join(
        accounts.transfer(ADA, BOB, 60),
        accounts.transfer(ADA, BOB, 60),
    );
    let both = LocalSet::new().run_until(both).await;
    assert_eq!(both, (Ok(()), Err(TransferError::Insufficient)));
    assert_eq!(accounts.balance(ADA), Some(40));
    assert_eq!(accounts.total(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_transfer_to_nobody_and_one_to_oneself_change_nothing() {
    let accounts = accounts();
    let nobody = AccountId(3);
    let transfers = join(
        accounts.transfer(ADA, nobody, 500),
        accounts.transfer(ADA, ADA, 30),
    );
    let both = LocalSet::new().run_until(transfers).await;
    assert_eq!(both, (Err(TransferError::NoSuchAccount), Ok(())));
    assert_eq!(
        (accounts.balance(ADA), accounts.balance(nobody)),
        (Some(100), None)
    );
}

#[tokio::test(start_paused = true)]
async fn opposite_transfers_both_end() {
    let before = Instant::now();
    let accounts = accounts();
    LocalSet::new()
        .run_until(async {
            assert_eq!(accounts.transfer(ADA, BOB, 50).await, Ok(()));
            let opposite = join(
                accounts.transfer(ADA, BOB, 20),
                accounts.transfer(BOB, ADA, 30),
            );
            assert_eq!(opposite.await, (Ok(()), Ok(())));
        })
        .await;
    assert_eq!(accounts.balance(ADA), Some(60));
    assert!(before.elapsed() <= 3 * LATENCY);
}
