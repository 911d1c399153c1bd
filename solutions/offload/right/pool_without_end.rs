//! Right: threads behind a Condvar, which outlive the service and wait for ever.

use futures::channel::oneshot;
use kit::{HashError, hash_password};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
type Job = (
    String,
    oneshot::Sender<std::thread::Result<Result<String, HashError>>>,
);
struct Shared {
    q: Mutex<(VecDeque<Job>, bool)>,
    cv: Condvar,
}
pub struct PasswordService {
    s: Arc<Shared>,
}
impl PasswordService {
    pub fn new(n: usize) -> Self {
        let s = Arc::new(Shared {
            q: Mutex::new((VecDeque::new(), false)),
            cv: Condvar::new(),
        });
        for _ in 0..n {
            let s = s.clone();
            std::thread::spawn(move || {
                loop {
                    let mut g = s.q.lock().unwrap();
                    let (pw, tx) = loop {
                        if let Some(j) = g.0.pop_front() {
                            break j;
                        }
                        if g.1 {
                            return;
                        }
                        g = s.cv.wait(g).unwrap();
                    };
                    drop(g);
                    if tx.is_canceled() {
                        continue;
                    }
                    let _ = tx.send(std::panic::catch_unwind(|| hash_password(&pw)));
                }
            });
        }
        Self { s }
    }
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (tx, rx) = oneshot::channel();
        self.s.q.lock().unwrap().0.push_back((password, tx));
        self.s.cv.notify_one();
        rx.await
            .unwrap()
            .unwrap_or_else(|p| std::panic::resume_unwind(p))
    }
}
