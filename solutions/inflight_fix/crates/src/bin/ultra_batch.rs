//! `ultra-batch` 0.3.0: a key that is asked for while it is being fetched is fetched a second
//! time. The request waits in the queue behind the fetch, and is not looked up again when it is taken out.

use std::convert::Infallible;

use tokio::time::{Duration, sleep};
use ultra_batch::{BatchFetcher, Cache, Fetcher};

struct Rows;

impl Fetcher for Rows {
    type Key = u64;
    type Value = String;
    type Error = Infallible;

    async fn fetch(
        &self,
        keys: &[u64],
        rows: &mut Cache<'_, u64, String>,
    ) -> Result<(), Infallible> {
        println!("batch {keys:?} begins");
        sleep(Duration::from_millis(200)).await;
        for key in keys {
            rows.insert(*key, format!("row {key}"));
        }
        println!("batch {keys:?} ends");
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let rows = BatchFetcher::build(Rows).finish();
    let ask = || {
        let rows = rows.clone();
        tokio::spawn(async move { rows.load(7).await })
    };

    let first = ask();
    sleep(Duration::from_millis(100)).await; // the batch is under way
    let second = ask();
    println!("first caller:  {:?}", first.await.unwrap());
    println!("second caller: {:?}", second.await.unwrap());
}
