//! Wrong: a password that is too long is cut instead of refused. Caught by: too_long
use kit::{HashError, hash_password};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

#[derive(Clone, Debug)]
pub struct PasswordService {
    slots: Arc<Semaphore>,
}
impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(max_parallel)),
        }
    }
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let mut password = password;
        let mut n = 72.min(password.len());
        while !password.is_char_boundary(n) {
            n -= 1
        }
        password.truncate(n);
        let slot = Arc::clone(&self.slots).acquire_owned().await.expect("open");
        let handle = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        handle
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}
