//! The worker: a submission, a small puppet that drives it, and the protocol
//! they speak with the grader.
//!
//! A worker holds no test, no counter that matters and no verdict. It obeys
//! orders and reports what happened; the grader, in another process, judges.
//! **The worker never judges.**
//!
//! This page is enough to write a worker in another language.
//!
//! # The channel
//!
//! A worker is started with one end of a `AF_UNIX` stream socket as its standard
//! input, and both reads and writes there. (A socket, because a pipe can be
//! reopened by whoever finds it under `/proc`.) Messages are lines: one JSON
//! object in UTF-8, then `\n`; [`MAX_MESSAGE_BYTES`](protocol::MAX_MESSAGE_BYTES)
//! at most. Standard output and error are the submission's: they are shown to
//! people, within limits, and never believed. When the channel ends, the worker
//! exits.
//!
//! The worker speaks first, once:
//!
//! ```json
//! {"protocol":1}
//! ```
//!
//! Then it answers every order with one report, in the order they came. The
//! grader may send several orders before it reads.
//!
//! ```json
//! {"run":7,"steps":[{"new":{"seed":1}},
//!                   {"request":{"request":1,"call":{"get_user":{"user":42}}}},
//!                   {"settle":{"polls":1000}}]}
//! {"run":7,"steps":[[],[],[{"fetch_begun":{"fetch":1,"user":42,"request":1}},
//!                          {"settled":{"polls":1,"of_calls":1,"idle":true}}]]}
//! ```
//!
//! (Shown on several lines; each is one.) A report has the order's `run` and one
//! list of events for each of the order's steps. A step or an event is an object with
//! one key, which says what it is; one without fields is just that word: `"end"`.
//!
//! # Runs
//!
//! A run is one event loop with one instance of what the submission offers. Its
//! first step is `new`, its last one `end`; in between, orders for other runs may
//! come. Nothing of a run moves but through its own steps. Its clock stands
//! still but for `advance`.
//!
//! # Orders
//!
//! | step | fields | what the worker does |
//! |---|---|---|
//! | `new` | `seed`, `max_parallel`? | opens the run: a new single-threaded event loop with a virtual clock, every random choice of which is seeded with `seed`; a new instance of the submission's type (`max_parallel` is for one that hashes passwords) |
//! | `request` | `request`, `call` | makes a call of the submission a task of the loop; does not run it yet. Callers are counted from 1 |
//! | `answer` | `fetch`, `with` | answers a fetch and wakes whoever awaits it; does not run it yet |
//! | `admit` | `hash`, `with` | lets a hash that waits for admission go on |
//! | `ping` | `nonce` | puts a task on the loop that answers with a `pong` when it is polled |
//! | `drop` | `request` | drops the call's future at once, clean-up code included (in languages with cancellation: cancels the task). A call that has ended, or was dropped, is left alone |
//! | `advance` | `micros` | moves the virtual clock; due timers wake their tasks |
//! | `settle` | `polls` | runs ready tasks in the loop's own order, until none is ready or `polls` were polled |
//! | `measure` | | says how many bytes the process holds |
//! | `watch` | `max_parallel`, `passwords` | a run of its own, in real time: hashes the passwords for real, beside a heartbeat and six handlers, and measures how long polls keep the loop |
//! | `end` | | closes the run and frees all of it |
//!
//! `call` is `{"get_user":{"user":ID}}`,
//! `{"stampede":{"user":ID,"requests":N}}` or `{"hash":{"password":TEXT}}`.
//! A fetch is answered `with` `{"row":{"name":NAME}}`, `"not_found"`,
//! `"unavailable"` or `"panic"`: the fetch panics in whoever awaits it. A hash is
//! admitted `with` `{"text":TEXT}` (its result, at once),
//! `{"bcrypt":{"cost":N,"salt":[16 BYTES]}}` or `"panic"`.
//!
//! # Hashes
//!
//! Password hashing blocks the thread it is called on. A worker holds every hash
//! that is begun on another thread than the loop's, on that thread, until it is
//! admitted: so the grader decides when it ends, and sees whether the loop goes
//! on meanwhile. A hash on the loop's own thread cannot be held, since nobody
//! could report it; it is reported and ends by itself. One run at a time may hash.
//!
//! # Events
//!
//! | event | fields | when |
//! |---|---|---|
//! | `fetch_begun` | `fetch`, `user`, `request`?, `off_loop`? | the submission began a fetch; `fetch` counts from 1 in the run, `request` is the caller whose own task began it; `off_loop` is there, and true, when it did so on another thread than the loop's |
//! | `fetch_delivered` | `fetch` | the submission received the answer |
//! | `fetch_dropped` | `fetch` | the submission dropped the fetch without having received an answer |
//! | `hash_begun` | `hash`, `password`, `request`?, `on_loop`? | the submission called the hash function; `hash` counts from 1 in the run |
//! | `hash_ended` | `hash` | that call is about to return |
//! | `pong` | `nonce` | the task of a ping was polled |
//! | `returned` | `request`, `value` | a call returned |
//! | `panicked` | `request`, `message` | a call ended in a panic |
//! | `broke` | `message` | the submission panicked outside any call |
//! | `settled` | `polls`, `of_calls`, `idle` | a `settle` is over: polls spent, how many of them in the calls' own tasks, and whether nothing is ready any more |
//! | `clock` | `micros` | an `advance` is over: the run's age by the virtual clock |
//! | `holds` | `bytes` | the answer to `measure` |
//! | `watched` | `picture` | the answer to `watch`; the fields are those of [`Picture`](protocol::Picture) |
//!
//! `value` is `{"row":{"id":ID,"name":NAME}}`, `{"not_found":{"id":ID}}`,
//! `"unavailable"`, `{"stampede":{"fetches":N,"elapsed_nanos":N}}`,
//! `{"hash":{"text":TEXT}}` or `"too_long"`.
//!
//! # What the grader makes of anything else
//!
//! A line that is too long or no such message, a report for another run or with
//! another number of steps, an event that cannot follow what went before (a fetch
//! answered twice, a call that returns and was never made): each is evidence that
//! the submission has tampered with its worker. It ends the check, not the grader.

pub use protocol;

#[cfg(feature = "meter")]
pub mod meter;

#[cfg(feature = "puppet")]
mod clock;
#[cfg(feature = "puppet")]
mod gate;
#[cfg(feature = "puppet")]
mod instance;
#[cfg(feature = "puppet")]
mod journal;
#[cfg(feature = "puppet")]
mod operator;
#[cfg(feature = "puppet")]
mod picture;
#[cfg(feature = "puppet")]
mod puppet;
#[cfg(feature = "puppet")]
mod subject;
#[cfg(feature = "puppet")]
mod words;
#[cfg(feature = "puppet")]
pub use puppet::run;
#[cfg(feature = "puppet")]
pub use subject::{Arguments, Call, CallFuture, NewSubject, Subject, seen, told};
