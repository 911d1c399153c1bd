//! Right: a hash that panicked gives its place back, and its caller gets in line again.

use kit::{HashError, hash_password};
use std::sync::Arc;
use tokio::{sync::Semaphore, task::spawn_blocking};
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
        loop {
            let slot = self.slots.clone().acquire_owned().await.unwrap();
            let password = password.clone();
            let hash = spawn_blocking(move || {
                let _slot = slot;
                hash_password(&password)
            });
            if let Ok(result) = hash.await {
                return result;
            }
        }
    }
}
