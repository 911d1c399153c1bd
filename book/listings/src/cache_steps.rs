//! The cache race, step by step: two requests for one user.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::one_loop::{run, say, wait};

#[derive(Default)]
struct UserCache {
    users: RefCell<HashMap<u64, String>>,
}

impl UserCache {
    async fn get_user(&self, id: u64, me: &str) -> String {
        // ANCHOR: short
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            say(format!("{me} finds the row"));
            return user;
        }
        // ANCHOR_END: short
        say(format!("{me} finds nothing and begins a fetch"));
        let user = fetch(id).await;
        say(format!("{me} has a row and writes it into the cache"));
        self.users.borrow_mut().insert(id, user.clone());
        user
    }
}

async fn fetch(id: u64) -> String {
    wait(200).await;
    format!("row {id}")
}

/// Two requests at once, and a third when both are done.
pub fn main() {
    run(async {
        let cache = UserCache::default();
        futures::join!(
            cache.get_user(42, "request 1"),
            cache.get_user(42, "request 2"),
        );
        cache.get_user(42, "request 3").await;
    });
}
