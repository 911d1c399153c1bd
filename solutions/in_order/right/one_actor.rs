//! Right: one task owns everything: queues by key, a line of keys, and the stores that are
//! under way, in a `FuturesUnordered`.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;

use futures::future::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{mpsc, oneshot};

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);

pub struct Processor {
    jobs: mpsc::UnboundedSender<Job>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let (jobs, inbox) = mpsc::unbounded_channel();
        tokio::spawn(run(sink, max_parallel, inbox));
        Self { jobs }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tell, told) = oneshot::channel();
        let _ = self.jobs.send((event, tell));
        // Dropped without a word only if the store panicked.
        told.await.unwrap_or(Err(SinkError::Rejected))
    }
}

async fn run(sink: Sink, max_parallel: usize, mut inbox: mpsc::UnboundedReceiver<Job>) {
    let mut lines: HashMap<Key, VecDeque<Job>> = HashMap::new();
    // Keys with events and no store under way, in the order they came to have them.
    let mut ready: VecDeque<Key> = VecDeque::new();
    let mut stores = FuturesUnordered::new();
    let mut open = true;
    loop {
        while stores.len() < max_parallel {
            let Some(key) = ready.pop_front() else { break };
            let (event, tell) = lines
                .get_mut(&key)
                .and_then(VecDeque::pop_front)
                .expect("it is ready");
            let sink = sink.clone();
            stores.push(async move {
                let store = AssertUnwindSafe(async move { sink.store(event).await });
                if let Ok(result) = store.catch_unwind().await {
                    let _ = tell.send(result);
                }
                key
            });
        }
        tokio::select! {
            biased;
            Some(key) = stores.next(), if !stores.is_empty() => match lines.get(&key) {
                Some(line) if !line.is_empty() => ready.push_back(key),
                _ => { lines.remove(&key); }
            },
            job = inbox.recv(), if open => match job {
                Some(job) => {
                    let key = job.0.key;
                    let is_new = !lines.contains_key(&key);
                    lines.entry(key).or_default().push_back(job);
                    if is_new {
                        ready.push_back(key);
                    }
                }
                None => open = false,
            },
            else => return,
        }
    }
}
