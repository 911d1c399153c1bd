//! The course's own fix, in the schedule that breaks the well-known one.

use std::rc::Rc;
use std::time::Duration;

use inflight_fix::UserCache;
use kit::{Db, UserId};
use tokio::task::spawn_local;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
/// Three requests for one user; the client behind the first one hangs up.
pub fn main() {
    run(async {
        let db = Db::simulated(Duration::from_millis(200));
        let cache = Rc::new(UserCache::new(db.clone()));
        let ask = |name: &'static str| {
            let cache = Rc::clone(&cache);
            say(format!("{name} asks"));
            spawn_local(async move {
                let answer = cache.get_user(UserId(42)).await;
                let row = answer.map(|user| user.name);
                say(format!("{name} gets {row:?}"));
            })
        };
        let leader = ask("request 1");
        let followers = [ask("request 2"), ask("request 3")];
        wait(100).await;
        leader.abort();
        say("the client behind request 1 hangs up");
        for follower in followers {
            follower.await.expect("it was not dropped");
        }
        say(format!("fetches that began: {}", db.fetches()));
    });
}
// ANCHOR_END: listing
