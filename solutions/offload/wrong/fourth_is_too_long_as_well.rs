//! Wrong: after three passwords in a row that are too long the next one is told that it is, too. Caught by: too_long

use kit::{HashError, hash_password};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, oneshot};
pub struct PasswordService {
    gate: Arc<Semaphore>,
    errors: Arc<Mutex<VecDeque<u8>>>,
    max: usize,
}
impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        Self {
            gate: Arc::new(Semaphore::new(max_parallel)),
            errors: Arc::default(),
            max: max_parallel,
        }
    }
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let p = self.gate.clone().acquire_owned().await.unwrap();
        if self.errors.lock().unwrap().len() == 3 {
            self.errors.lock().unwrap().clear();
            return Err(HashError::TooLong);
        }
        let r = tokio::task::spawn_blocking(move || {
            let _p = p;
            hash_password(&password)
        })
        .await
        .unwrap();
        let mut e = self.errors.lock().unwrap();
        if r.is_err() {
            e.push_back(0);
        } else {
            e.clear();
        }
        r
    }
}
