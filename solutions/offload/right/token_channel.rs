//! Right: `max_parallel` tokens in a bounded channel; a caller with a token may hash, and the token's `Drop` puts it back.

use std::panic::resume_unwind;

use kit::{HashError, hash_password};
use tokio::sync::{Mutex, mpsc};
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    tokens: Mutex<mpsc::Receiver<()>>,
    put_back: mpsc::Sender<()>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let (put_back, tokens) = mpsc::channel(max_parallel);
        for _ in 0..max_parallel {
            put_back
                .try_send(())
                .expect("there is room for every token");
        }
        let tokens = Mutex::new(tokens);
        Self { tokens, put_back }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let taken = self.tokens.lock().await.recv().await;
        taken.expect("the service holds a sender");
        let token = Token(self.put_back.clone());
        let hashing = spawn_blocking(move || {
            // Goes back when the hash ends, whatever became of the caller.
            let _token = token;
            hash_password(&password)
        });
        match hashing.await {
            Ok(answer) => answer,
            Err(failed) => resume_unwind(failed.into_panic()),
        }
    }
}

struct Token(mpsc::Sender<()>);

impl Drop for Token {
    fn drop(&mut self) {
        // Fails only when the service, and with it the channel, is gone.
        let _ = self.0.try_send(());
    }
}
