//! Wrong: refuses a password of 72 letters, which is as long as a password may be. Caught by: too_long

use kit::{HashError, hash_password};
use std::sync::Arc;
use tokio::sync::Semaphore;

pub struct PasswordService {
    places: Arc<Semaphore>,
}

impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(max_parallel)),
        }
    }

    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        if password.chars().count() > 71 {
            return Err(HashError::TooLong);
        }
        let place = self
            .places
            .clone()
            .acquire_owned()
            .await
            .expect("never closed");
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            hash_password(&password)
        });
        match work.await {
            Ok(r) => r,
            Err(e) => std::panic::resume_unwind(e.into_panic()),
        }
    }
}
