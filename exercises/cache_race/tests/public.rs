//! The tests you can see. `cargo grade cache_race` runs the hidden ones.

use std::time::Duration;

use cache_race::{UserCache, stampede};
use kit::{Db, UserId};
use tokio::task::LocalSet;

const LATENCY: Duration = Duration::from_millis(200);

#[tokio::test(start_paused = true)]
async fn the_second_request_for_a_user_is_served_from_the_cache() {
    let db = Db::simulated(LATENCY);
    LocalSet::new()
        .run_until(async {
            let cache = UserCache::new(db.clone());
            let first = cache.get_user(UserId(42)).await;
            let second = cache.get_user(UserId(42)).await;
            assert_eq!(first, second);
        })
        .await;
    assert_eq!(db.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stampede_of_ten_costs_ten_fetches_and_one_latency() {
    let report = LocalSet::new()
        .run_until(stampede(Db::simulated(LATENCY), UserId(42), 10))
        .await;
    assert_eq!(report.fetches, 10);
}
