//! A batch whose sender is cancelled: its ids stay in line, and nobody sends them.

use std::cell::RefCell;
use std::time::Duration;

use tokio::join;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::one_loop::{run, say, wait};

// ANCHOR: listing
#[derive(Default)]
struct Authors {
    wanted: RefCell<Vec<u32>>,
    loaded: Notify,
}

impl Authors {
    async fn load(&self, author: u32) {
        let is_first = self.wanted.borrow().is_empty();
        self.wanted.borrow_mut().push(author);
        if is_first {
            wait(2).await; // Let others come.
            let all = self.wanted.take();
            say(format!("one query for authors {all:?}"));
            wait(20).await;
            self.loaded.notify_waiters();
        } else {
            self.loaded.notified().await;
        }
    }
}
// ANCHOR_END: listing

async fn page(authors: &Authors, author: u32, patience: u64) {
    let loaded = timeout(Duration::from_millis(patience), authors.load(author)).await;
    match loaded {
        Ok(()) => say(format!("the page of author {author} is complete")),
        Err(_) => say(format!("the page of author {author} is given up")),
    }
}

/// Two pages at once; then one that is closed after 1 ms, and two that come later.
pub fn main() {
    run(async {
        let authors = Authors::default();
        join!(page(&authors, 7, 1000), page(&authors, 8, 1000));
        page(&authors, 7, 1).await;
        join!(page(&authors, 8, 3_600_000), page(&authors, 9, 3_600_010));
    });
}
