//! The Rust behind the book's pages. Each module is one listing: its `main`
//! prints what the page shows, and prints the same every time.
//!
//! `cargo run -p listings -- NAME` runs one. What they print is kept in
//! `recorded/`; `cargo run -p listings --bin record` writes it anew, and the
//! tests compare. A listing never prints a measured time.

pub mod machine;
pub mod one_loop;
pub mod recordings;
pub mod usage;
pub mod versions;

/// Declares the listings once: as modules, and as a table of what can be run.
macro_rules! listings {
    ($($name:ident)*) => {
        $(pub mod $name;)*

        /// Every listing, with the function that runs it.
        pub const ALL: &[(&str, fn())] = &[$((stringify!($name), $name::main),)*];
    };
}

listings! {
    turns
    mini_loop
    cache_steps
    lock_around_fetch
    lost_update
    suspended
    std_guard
    tokio_guard
    refcell
    hash_on_the_loop
    hash_elsewhere
    budget
    yielding
    one_at_a_time
    in_order
    queued_future
    left_halfway
    cancelled
    batches
    lost_batch
    backpressure
    quiz_lazy
    quiz_spawned
    quiz_in_a_row
    quiz_together
    quiz_dropped
    quiz_raced
    quiz_blocked
}

/// Runs the listing of this name; `false` when there is none.
pub fn run_by_name(name: &str) -> bool {
    let listing = ALL.iter().find(|(known, _)| *known == name);
    listing.map(|(_, run)| run()).is_some()
}
