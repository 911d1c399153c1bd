//! Wrong: a caller that has waited for a slot for half a minute gets a made-up result. Caught by: right_results

use kit::{HashError, hash_password};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
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
        let slot = self.slots.clone().acquire_owned();
        let Ok(slot) = timeout(Duration::from_secs(30), slot).await else {
            return Err(HashError::TooLong);
        };
        let slot = slot.unwrap();
        spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        })
        .await
        .unwrap()
    }
}
