//! `dataloader` 0.18.0: the caller that runs a batch takes the other callers' keys along when it
//! is dropped. They left the list of pending keys when the batch began, and nobody puts them back.

use std::collections::HashMap;

use dataloader::BatchFn;
use dataloader::cached::Loader;
use tokio::time::{Duration, sleep};

struct Rows;

impl BatchFn<u64, String> for Rows {
    async fn load(&mut self, keys: &[u64]) -> HashMap<u64, String> {
        let mut sorted = keys.to_vec();
        sorted.sort_unstable();
        println!("batch {sorted:?} begins");
        sleep(Duration::from_millis(200)).await;
        keys.iter()
            .map(|key| (*key, format!("row {key}")))
            .collect()
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let loader = Loader::new(Rows);
    let ask = |key| {
        let loader = loader.clone();
        tokio::spawn(async move { loader.try_load(key).await })
    };

    let first = ask(1);
    let second = ask(2);
    sleep(Duration::from_millis(100)).await; // the first caller runs the batch for both
    first.abort();
    println!("the first caller is dropped");
    println!("second caller: {:?}", second.await.unwrap());
    println!("third caller:  {:?}", ask(2).await.unwrap());
}
