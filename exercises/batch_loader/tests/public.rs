//! The tests you can see. `cargo grade batch_loader` runs the hidden ones.

use std::time::Duration;

use batch_loader::Loader;
use futures::future::join_all;
use kit::bulk::{Bulk, ItemId};
use tokio::task::LocalSet;
use tokio::time::Instant;

const LATENCY: Duration = Duration::from_millis(200);

/// Asks for these ids at once; what the items say.
async fn loaded(bulk: &Bulk, max_batch: usize, ids: &[u64]) -> Vec<Option<String>> {
    let tasks = LocalSet::new();
    let all = tasks.run_until(async {
        let loader = Loader::new(bulk.clone(), max_batch);
        join_all(ids.iter().map(|id| loader.load(ItemId(*id)))).await
    });
    let items = all.await.into_iter();
    let items = items.map(|item| item.expect("simulated items are available"));
    items.map(|item| Some(item?.text)).collect()
}

#[tokio::test(start_paused = true)]
async fn each_request_gets_its_own_item() {
    let texts = loaded(&Bulk::simulated(LATENCY), 8, &[3, 20, 1]).await;
    let text = |id: u64| Some(format!("this is item {id}"));
    assert_eq!(texts, [text(3), None, text(1)]);
}

#[tokio::test(start_paused = true)]
async fn requests_that_are_there_together_go_out_in_one_call() {
    let bulk = Bulk::simulated(LATENCY);
    let before = Instant::now();
    loaded(&bulk, 8, &[1, 2, 3, 2]).await;
    assert_eq!(before.elapsed(), LATENCY);
    let mut calls = bulk.calls();
    calls.iter_mut().for_each(|ids| ids.sort());
    assert_eq!(calls, [[1, 2, 3].map(ItemId)]);
}

#[tokio::test(start_paused = true)]
async fn no_call_has_more_ids_than_it_may() {
    let bulk = Bulk::simulated(LATENCY);
    loaded(&bulk, 2, &[1, 2, 3, 4, 5]).await;
    let mut sizes: Vec<usize> = bulk.calls().iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2, 2]);
}
