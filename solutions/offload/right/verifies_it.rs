//! Right: each hash is verified before it is handed out, in its slot and on its thread.

use std::panic::resume_unwind;
use std::sync::Arc;

use kit::{HashError, hash_password, verify_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

pub struct PasswordService {
    slots: Arc<Semaphore>,
}

impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        Self { slots }
    }

    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            let hash = hash_password(&password)?;
            assert!(verify_password(&password, &hash)?);
            Ok(hash)
        });
        let joined = hashing.await;
        joined.unwrap_or_else(|failed| resume_unwind(failed.into_panic()))
    }
}
