//! Wrong: a password that is too long gives its place back twice. Caught by: too_long

use kit::{HashError, hash_password};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
#[derive(Default)]
struct State {
    running: usize,
    line: VecDeque<oneshot::Sender<()>>,
}
pub struct PasswordService {
    s: Arc<Mutex<State>>,
    max: usize,
}
fn deal(s: &Mutex<State>, max: usize) {
    let mut s = s.lock().unwrap();
    while s.running < max {
        match s.line.pop_front() {
            None => break,
            Some(go) => {
                if go.send(()).is_ok() {
                    s.running += 1;
                }
            }
        }
    }
}
fn free(s: &Mutex<State>) {
    let mut s = s.lock().unwrap();
    s.running = s.running.saturating_sub(1);
}
struct Place(
    Arc<Mutex<State>>,
    usize,
    Option<oneshot::Receiver<()>>,
    bool,
);
impl Drop for Place {
    fn drop(&mut self) {
        let mut has = self.3;
        if let Some(mut go) = self.2.take() {
            go.close();
            has = go.try_recv().is_ok();
        }
        if has {
            free(&self.0);
        }
        deal(&self.0, self.1);
    }
}
impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        Self {
            s: Arc::default(),
            max: max_parallel,
        }
    }
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (tx, rx) = oneshot::channel();
        self.s.lock().unwrap().line.push_back(tx);
        let mut place = Place(Arc::clone(&self.s), self.max, Some(rx), false);
        deal(&self.s, self.max);
        place.2.as_mut().unwrap().await.expect("dealt");
        place.2 = None;
        place.3 = true;
        let s = Arc::clone(&self.s);
        let (tell, told) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let r = hash_password(&password);
            let _ = &s;
            if r.is_err() {
                free(&s);
            }
            drop(place);
            let _ = tell.send(r);
        });
        told.await.expect("panicked")
    }
}
