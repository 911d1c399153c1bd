//! A long computation that gives way, and one that does not.

use tokio::join;
use tokio::task::{spawn_local, yield_now};

use crate::one_loop::run;

// ANCHOR: listing
async fn sum(numbers: std::ops::Range<u64>, chunk: usize) -> u64 {
    let numbers: Vec<u64> = numbers.collect();
    let mut total = 0;
    for part in numbers.chunks(chunk) {
        total += part.iter().sum::<u64>();
        CHUNKS.set(CHUNKS.get() + 1);
        yield_now().await;
    }
    total
}
// ANCHOR_END: listing

thread_local! {
    static CHUNKS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// The same sum in one piece and in a hundred, with a neighbour that counts.
pub fn main() {
    for chunk in [100_000, 1_000] {
        CHUNKS.set(0);
        run(async {
            let neighbour = async move {
                let mut turns = 0;
                while CHUNKS.get() < 100_000 / chunk {
                    turns += 1;
                    yield_now().await;
                }
                turns
            };
            let working = spawn_local(sum(0..100_000, chunk as usize));
            let (total, turns) = join!(working, spawn_local(neighbour));
            println!(
                "pieces of {chunk}: sum {}, turns for the neighbour meanwhile: {}",
                total.expect("it does not panic"),
                turns.expect("it does not panic"),
            );
        });
    }
}
