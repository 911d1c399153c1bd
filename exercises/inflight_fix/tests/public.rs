//! The tests you can see. `cargo grade inflight_fix` runs the hidden ones.

use std::time::Duration;

use futures::future::join_all;
use inflight_fix::UserCache;
use kit::{Db, UserId};
use tokio::task::LocalSet;

const LATENCY: Duration = Duration::from_millis(200);

#[tokio::test(start_paused = true)]
async fn a_hundred_requests_for_one_user_cost_one_fetch() {
    let db = Db::simulated(LATENCY);
    let answers = LocalSet::new()
        .run_until(async {
            let cache = UserCache::new(db.clone());
            join_all((0..100).map(|_| cache.get_user(UserId(42)))).await
        })
        .await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(db.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_not_cached() {
    let db = Db::simulated(LATENCY);
    LocalSet::new()
        .run_until(async {
            let cache = UserCache::new(db.clone());
            assert!(cache.get_user(UserId(0)).await.is_err());
            assert!(cache.get_user(UserId(0)).await.is_err());
        })
        .await;
    assert_eq!(db.fetches(), 2);
}
