//! Wrong: a thread makes the steps, and the loop stands still until it is joined. Caught by: goes_on

use kit::work::step;

pub async fn fold(seed: u64, steps: u64) -> u64 {
    let thread = std::thread::spawn(move || (0..steps).fold(seed, step));
    thread.join().expect("it does not panic")
}
