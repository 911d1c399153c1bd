//! Drill `offload`: keep the loop responsive while passwords are hashed.

use kit::{HashError, hash_password};

/// Hashes passwords. As it is, the event loop stops for every one of them.
pub struct PasswordService {
    // What limits how many hashes run at once?
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        // To do: remember the limit.
        let _ = max_parallel;
        Self {}
    }

    /// The hash of `password`, by [`kit::hash_password`].
    ///
    /// - No hash runs on the loop's thread, and the loop keeps answering while
    ///   one runs.
    /// - At most `max_parallel` run at once, and that many do when there is
    ///   work. A caller that is dropped while its hash runs does not change that.
    /// - Returns only when its own hash is done, with its own result.
    /// - A password that is too long is an error and gives its place back; a
    ///   hash that panics does not poison the service.
    /// - Waiting costs nothing: waiting callers are woken, and do not look
    ///   again and again.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        // To do: this takes some hundreds of milliseconds, and no other task runs
        // meanwhile. Move it off the loop.
        hash_password(&password)
    }
}
