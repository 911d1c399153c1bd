//! A handle shows its counter and lets nobody at it.

fn main() {
    let db = kit::Db::simulated(std::time::Duration::ZERO);
    db.shared.fetches.store(1, std::sync::atomic::Ordering::Relaxed);
}
