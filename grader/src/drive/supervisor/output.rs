//! What a worker prints: drained so that it never blocks, kept up to a cap.

use std::io::Read;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The first bytes of a process's standard output and error, together.
#[derive(Debug)]
pub struct Output {
    kept: Arc<Mutex<Kept>>,
    followers: Vec<JoinHandle<()>>,
    cap: usize,
}

#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    dropped: u64,
}

impl Output {
    /// Drains both pipes of `child` in the background, keeping `cap` bytes.
    pub fn drain(child: &mut Child, cap: usize) -> Output {
        let mut output = Output {
            kept: Arc::default(),
            followers: Vec::new(),
            cap,
        };
        if let Some(pipe) = child.stdout.take() {
            output.follow(pipe, cap);
        }
        if let Some(pipe) = child.stderr.take() {
            output.follow(pipe, cap);
        }
        output
    }

    fn follow(&mut self, mut pipe: impl Read + Send + 'static, cap: usize) {
        let kept = Arc::clone(&self.kept);
        self.followers.push(std::thread::spawn(move || {
            let mut chunk = [0; 16 * 1024];
            while let Ok(length @ 1..) = pipe.read(&mut chunk) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let room = cap.saturating_sub(kept.bytes.len()).min(length);
                kept.bytes.extend_from_slice(&chunk[..room]);
                kept.dropped += (length - room) as u64;
            }
        }));
    }

    /// Waits until both pipes are closed. Only for a process that has ended: one
    /// that lives on, or left a child behind, keeps them open.
    pub fn wait(&mut self) {
        for follower in self.followers.drain(..) {
            // A reader thread does nothing that could panic.
            let _ = follower.join();
        }
    }

    /// The kept bytes as they came, and how many more there were.
    pub fn raw(&self) -> (String, u64) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (
            String::from_utf8_lossy(&kept.bytes).into_owned(),
            kept.dropped,
        )
    }

    /// The kept output as text that is fit to show, without control characters.
    pub fn text(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = play::text::printable(&String::from_utf8_lossy(&kept.bytes));
        if kept.dropped > 0 {
            let limit = self.cap >> 10;
            let more = kept.dropped;
            text.push_str(&format!(
                "\n… cut at the limit of {limit} KiB, {more} bytes more"
            ));
        }
        text
    }
}
