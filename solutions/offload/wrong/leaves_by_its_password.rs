//! Wrong: a caller that leaves the line is found in it by its password, which another one may have given as well. Caught by: dropped_waiting

use kit::{HashError, hash_password};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
type Told = oneshot::Sender<std::thread::Result<Result<String, HashError>>>;
#[derive(Default)]
struct Line {
    free: usize,
    jobs: VecDeque<(String, Told)>,
}
pub struct PasswordService {
    line: Arc<Mutex<Line>>,
}
struct Leave<'a>(&'a Arc<Mutex<Line>>, String, bool);
impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if !self.2 {
            let mut l = self.0.lock().unwrap();
            if let Some(at) = l.jobs.iter().position(|j| j.0 == self.1) {
                l.jobs.remove(at);
            }
        }
    }
}
fn deal(line: &Arc<Mutex<Line>>) {
    loop {
        let mut l = line.lock().unwrap();
        if l.free == 0 {
            return;
        }
        let Some((p, told)) = l.jobs.pop_front() else {
            l.jobs.shrink_to_fit();
            return;
        };
        l.free -= 1;
        drop(l);
        let again = line.clone();
        tokio::task::spawn_blocking(move || {
            let r = std::panic::catch_unwind(|| hash_password(&p));
            again.lock().unwrap().free += 1;
            deal(&again);
            let _ = told.send(r);
        });
    }
}
impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        Self {
            line: Arc::new(Mutex::new(Line {
                free: max_parallel,
                jobs: VecDeque::new(),
            })),
        }
    }
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (tx, rx) = oneshot::channel();
        self.line
            .lock()
            .unwrap()
            .jobs
            .push_back((password.clone(), tx));
        deal(&self.line);
        let mut leave = Leave(&self.line, password, false);
        let r = rx.await.expect("told");
        leave.2 = true;
        r.unwrap_or_else(|p| std::panic::resume_unwind(p))
    }
}
