//! One lock around the fetch: one fetch at a time, and everybody waits for it.

use std::collections::HashMap;

use futures::future::join_all;
use tokio::sync::Mutex;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
#[derive(Default)]
struct UserCache {
    users: Mutex<HashMap<u64, String>>,
}

impl UserCache {
    async fn get_user(&self, id: u64) -> String {
        let mut users = self.users.lock().await;
        if let Some(user) = users.get(&id) {
            return user.clone();
        }
        let user = fetch(id).await; // The lock is held all the while.
        users.insert(id, user.clone());
        user
    }
}
// ANCHOR_END: listing

async fn fetch(id: u64) -> String {
    wait(200).await;
    format!("row {id}")
}

/// User 1 is cached; then users 42 to 45 are asked for, and user 1 again.
pub fn main() {
    run(async {
        let cache = UserCache::default();
        cache.get_user(1).await;
        say("user 1 is cached");
        let ids = [42, 42, 43, 44, 45, 1];
        join_all(ids.map(|id| {
            let cache = &cache;
            async move {
                cache.get_user(id).await;
                say(format!("a request for user {id} has its answer"));
            }
        }))
        .await;
    });
}
