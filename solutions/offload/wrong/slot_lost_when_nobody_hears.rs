//! Wrong: the slot is lost when a hash panics whose caller was dropped. Caught by: panicking_hash

use kit::{HashError, hash_password};
use std::sync::Arc;
use tokio::sync::{Semaphore, oneshot};
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
        let p = self.sem.clone().acquire_owned().await.unwrap();
        let (a, b) = oneshot::channel();
        std::thread::spawn(move || {
            let r = std::panic::catch_unwind(|| hash_password(&password));
            if r.is_err() && a.is_closed() {
                p.forget()
            } else {
                drop(p)
            }
            let _ = a.send(r);
        });
        b.await
            .unwrap()
            .unwrap_or_else(|p| std::panic::resume_unwind(p))
    }
}
