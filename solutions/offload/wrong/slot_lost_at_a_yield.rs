//! Wrong: between taking a slot and starting the hash the task yields, and a caller dropped there keeps the slot. Caught by: dropped_waiting

use kit::{HashError, hash_password};
use std::sync::Arc;
use tokio::sync::Semaphore;
struct G(Arc<Semaphore>);
impl Drop for G {
    fn drop(&mut self) {
        self.0.add_permits(1)
    }
}
pub struct PasswordService {
    sem: Arc<Semaphore>,
}
impl PasswordService {
    pub fn new(n: usize) -> Self {
        Self {
            sem: Arc::new(Semaphore::new(n)),
        }
    }
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        self.sem.acquire().await.unwrap().forget();
        tokio::task::yield_now().await;
        let g = G(self.sem.clone());
        tokio::task::spawn_blocking(move || {
            let _g = g;
            hash_password(&password)
        })
        .await
        .unwrap()
    }
}
