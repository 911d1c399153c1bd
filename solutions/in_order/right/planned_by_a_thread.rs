//! Right: a thread plans which caller is next, and tells it.

use kit::sink::{Event, Key, Sink, SinkError};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{OnceLock, mpsc};
use tokio::sync::oneshot;

enum News {
    Come(u64, Key, oneshot::Sender<()>),
    Over(u64, Key),
}
fn plan(max: usize, news: mpsc::Receiver<News>) {
    let mut lines: HashMap<Key, VecDeque<(u64, Option<oneshot::Sender<()>>)>> = HashMap::new();
    let mut ready: BTreeMap<u64, Key> = BTreeMap::new();
    let mut running = 0usize;
    for n in news {
        match n {
            News::Come(t, k, go) => {
                let line = lines.entry(k).or_default();
                if line.is_empty() {
                    ready.insert(t, k);
                }
                line.push_back((t, Some(go)));
            }
            News::Over(t, k) => {
                let line = lines.get_mut(&k).unwrap();
                let at = line.iter().position(|(u, _)| *u == t).unwrap();
                let (_, go) = line.remove(at).unwrap();
                if at == 0 {
                    if go.is_none() {
                        running -= 1;
                    } else {
                        ready.remove(&t);
                    }
                    if let Some((u, _)) = line.front() {
                        ready.insert(*u, k);
                    }
                }
                if line.is_empty() {
                    lines.remove(&k);
                }
            }
        }
        while running < max {
            let Some((_, k)) = ready.pop_first() else {
                break;
            };
            running += 1;
            let _ = lines.get_mut(&k).unwrap()[0].1.take().unwrap().send(());
        }
    }
}
pub struct Processor {
    sink: Sink,
    max: usize,
    next: std::cell::Cell<u64>,
    thread: OnceLock<mpsc::Sender<News>>,
}
struct Over<'a>(&'a Processor, u64, Key);
impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.tell(News::Over(self.1, self.2));
    }
}
impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            max: max_parallel,
            next: Default::default(),
            thread: OnceLock::new(),
        }
    }
    fn tell(&self, n: News) {
        let max = self.max;
        let tx = self.thread.get_or_init(move || {
            let (tx, rx) = mpsc::channel();
            std::thread::spawn(move || plan(max, rx));
            tx
        });
        let _ = tx.send(n);
    }
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tx, rx) = oneshot::channel();
        let t = self.next.get();
        self.next.set(t + 1);
        self.tell(News::Come(t, event.key, tx));
        let _over = Over(self, t, event.key);
        rx.await.expect("the planner lives");
        self.sink.store(event).await
    }
}
