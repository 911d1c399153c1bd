//! Explains tokio's panics about blocking in the wrong place.

/// Parts of tokio's messages, and what they mean for code that offloads a hash.
const MEANINGS: &[(&str, &str)] = &[
    (
        "can call blocking only when running on the multi-threaded runtime",
        "`block_in_place` hands the loop's other tasks to another thread of the runtime, and this runtime has one thread only; start the hash on a thread of its own and await it",
    ),
    (
        "Cannot start a runtime from within a runtime",
        "`block_on` waits for a future by stopping the thread it is called on, which is the loop's; inside an async function, await it",
    ),
    (
        "Cannot block the current thread from within a runtime",
        "a blocking wait (`blocking_recv`, `blocking_send`, `blocking_lock`) stops the thread it is called on, which is the loop's; use the form that is awaited",
    ),
    (
        "Cannot drop a runtime in a context where blocking is not allowed",
        "a runtime waits for its threads when it is dropped, and it was dropped on the loop; keep it as long as the service, or use `shutdown_background`",
    ),
    (
        "there is no reactor running",
        "a thread that tokio did not start knows no runtime: take a `Handle` along, or send the work back to the loop",
    ),
];

/// What a panic's message means, if it is about blocking.
pub(super) fn explained(message: &str) -> Option<&'static str> {
    let known = |(part, _): &&(&str, &str)| message.contains(part);
    MEANINGS.iter().find(known).map(|(_, meaning)| *meaning)
}
