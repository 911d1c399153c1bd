//! Right: a task for each key that has events, which takes them from a channel and goes
//! when there are none. A caller that was dropped is passed over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Semaphore, mpsc, oneshot};

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);
type Lines = Arc<Mutex<HashMap<Key, mpsc::UnboundedSender<Job>>>>;

pub struct Processor {
    sink: Sink,
    places: Arc<Semaphore>,
    lines: Lines,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Arc::new(Semaphore::new(max_parallel)),
            lines: Lines::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tell, told) = oneshot::channel();
        self.hand_in((event, tell));
        told.await.expect("the key's task ended in a panic")
    }

    fn hand_in(&self, job: Job) {
        let key = job.0.key;
        let mut lines = self.lines.lock().unwrap();
        let job = match lines.get(&key) {
            Some(line) => match line.send(job) {
                Ok(()) => return,
                // Its task died of a panic.
                Err(mpsc::error::SendError(job)) => job,
            },
            None => job,
        };
        let (line, jobs) = mpsc::unbounded_channel();
        let _ = line.send(job);
        lines.insert(key, line);
        let work = work(
            key,
            jobs,
            self.sink.clone(),
            Arc::clone(&self.places),
            Arc::clone(&self.lines),
        );
        tokio::spawn(work);
    }
}

async fn work(
    key: Key,
    mut jobs: mpsc::UnboundedReceiver<Job>,
    sink: Sink,
    places: Arc<Semaphore>,
    lines: Lines,
) {
    let mut gone = Gone {
        key,
        lines,
        panicking: true,
    };
    loop {
        while let Ok((event, tell)) = jobs.try_recv() {
            if tell.is_closed() {
                continue;
            }
            let place = places.acquire().await.expect("never closed");
            if tell.is_closed() {
                continue;
            }
            let result = sink.store(event).await;
            drop(place);
            let _ = tell.send(result);
        }
        // Under the lock: nobody hands in an event between the look and the removal.
        let mut lines = gone.lines.lock().unwrap();
        if jobs.is_empty() {
            lines.remove(&key);
            gone.panicking = false;
            break;
        }
    }
}

struct Gone {
    key: Key,
    lines: Lines,
    panicking: bool,
}

impl Drop for Gone {
    fn drop(&mut self) {
        if self.panicking {
            if let Ok(mut lines) = self.lines.lock() {
                lines.remove(&self.key);
            }
        }
    }
}
