//! The worker: a submission, a small puppet that drives it, and the protocol
//! they speak with the grader.
//!
//! A worker holds no test, no counter that matters and no verdict. It obeys
//! orders and reports what happened; the grader, in another process, judges.
//! **The worker never judges.**
//!
//! This page is enough to write a worker in another language.
//!
//! # How a worker is started
//!
//! With two arguments, an environment that holds nothing of the user's, and `/` as its
//! folder:
//!
//! 1. **The seal**, which says what the worker does before it loads any line of a
//!    submission. `sealed`: it opens all that it will ever open, makes standard input
//!    empty (it keeps a copy of the channel), gives up every right to open, start and
//!    reach anything, and ends with an exit code other than 0 if it cannot.
//!    `sealed-where-possible`: the same, as far as the system can. `open`: it only makes
//!    standard input empty.
//! 2. ***The heap**, in bytes: the most that the worker may have allocated. A request
//!    for more ends the process.
//!
//! A worker in a language that is not compiled is an interpreter. Its own arguments come
//! before these two, and after them come the seal's filters for seccomp, each as bytes in
//! hexadecimal digits, in the order in which they are to be put in force. It is sent one
//! line before anything else: a JSON object that holds the text it runs, the submission's
//! among it. See `grader/workers/python/boot.py` and `grader/workers/node/boot.js`. Node is
//! not given the filters: its last argument is the path of a library, and to load that is to
//! be sealed.
//!
//! What the steps mean there: a caller is a task, and to drop it is to cancel that task,
//! which may clean up when the loop next runs. A poll is one callback that the loop runs. A
//! panic is any exception but the kit's own errors. A submission that cannot be loaded is
//! `noted` with the kind `refused` and its text, in answer to `new`.
//!
//! It ends when the grader does, and when the channel ends; it runs no clean-up code of
//! the submission then.
//!
//! # The channel
//!
//! A worker is started with one end of an `AF_UNIX` stream socket as its standard
//! input, and both reads and writes there. (A socket, because a pipe can be
//! reopened by anyone who finds it under `/proc`.) Messages are lines: one JSON
//! object in UTF-8, then `\n`; [`MAX_MESSAGE_BYTES`](protocol::MAX_MESSAGE_BYTES),
//! which is 1 MiB, at most, its newline not counted. Standard output and error are the
//! submission's: they are shown to people, within limits, and never believed.
//!
//! The worker speaks first, once:
//!
//! ```json
//! {"protocol":2}
//! ```
//!
//! Then it answers every order with one report, in the order they came. The grader may
//! send several orders before it reads. It waits as long as the worker is at work: one
//! whose loop thread sleeps for a third of a second without answering, or computes for
//! longer than any answer takes, counts as stopped, and is ended.
//!
//! ```json
//! {"run":7,"steps":[{"new":{"seed":1}},
//!                   {"call":{"call":1,"entry":"get_user","arguments":[42]}},
//!                   {"settle":{"polls":1000}}]}
//! {"run":7,"steps":[[],[],[{"begun":{"operation":1,"kind":"fetch_user","arguments":[42],"call":1}},
//!                          {"settled":{"polls":1,"of_calls":1,"idle":true}}]]}
//! ```
//!
//! (Shown on several lines; each message is one.) A report has the order's `run` and one
//! list of events for each of the order's steps, each in the order things happened. Events on
//! other threads are in the list of the step that was being carried out when they were
//! recorded. A step or an event is an object with one key, which says what it is; one without
//! fields is just that word: `"end"`. A field with a `?` may be left out, and is then `null`,
//! `false`, empty, or the default named here. There are no other fields.
//!
//! # Values
//!
//! The arguments and results of calls and operations are **values**. A value is `null`, a whole
//! number, a text, or a list of values. A number is signed, and its absolute value is
//! below 2^53 where it is written as a number; any other of 64 bits is written
//! `{"big":"9007199254740993"}`, since many languages would round it. No other number of
//! the protocol reaches 2^53. There is no `true`, no fraction and no other object.
//!
//! An id is a number of which all 64 bits count, so it may be negative.
//!
//! How a call or an operation **ends** is one of
//!
//! ```json ending
//! {"ok":VALUE}
//! {"error":["unavailable",[]]}
//! {"error":["not_found",[42]]}
//! "panic"
//! ```
//!
//! An error is its name and a list of its arguments. A panic is an exception that
//! nobody expects.
//!
//! # Runs
//!
//! A run is one event loop with one instance of what the submission offers. Its first
//! step is `new`, its last one `end`; in between, orders for other runs may come, and many
//! runs may be open. A `new` for one that is open closes it first. A run moves only
//! through its own steps. Its clock stands still except for `advance`, and so do the
//! language's own clocks, as far as code on the loop can see. Random bytes of the system are
//! the same in every process. A step for a
//! run that is not open is answered with an empty list.
//!
//! # Steps
//!
//! | step | fields | what the worker does |
//! |---|---|---|
//! | `new` | `seed`, `arguments`?, `polled`?, `places`? | opens the run: a new single-threaded event loop with a virtual clock, every random choice of which is seeded with `seed`; a new instance of what the submission offers, made with the kit's handles and `arguments`. `polled` says how callers are polled, see below. With `places`, a worker that knows the line of the submission at which an operation begins notes it right after, as `where` does |
//! | `call` | `call`, `entry`, `arguments`?, `again`?, `always`? | makes a call of an entry of the submission a task of the loop; does not run it yet. The grader numbers callers from 1. `again` is the number of a second call, see below |
//! | `look` | `entry`, `arguments`? | calls an entry that returns at once, outside any task, and says what it returned with one `seen`, or with `broke` that it panicked; runs nothing else |
//! | `answer` | `operation`, `with` | ends an operation. The task that awaits it is woken, but not run yet; a thread that is held in it goes on. An operation that is over, or was answered before, is left alone |
//! | `ping` | `nonce` | puts a task on the loop that answers with a `pong` when it is run |
//! | `drop` | `call` | drops the call's future at once, clean-up code included. A call that has ended, or was dropped, is left alone |
//! | `advance` | `micros`, `by_timers`? | moves the virtual clock; timers that come due wake their tasks. With `by_timers` time stops at each timer on the way, and tasks run there until none is ready; the next `settled` tells those polls as well |
//! | `block` | `micros` | puts a task on the loop that, when it is run, lets that much time pass by the kit's clock and does nothing else: as if it had kept the loop busy for so long |
//! | `settle` | `polls` | runs ready tasks in the loop's own order, until none is ready or `polls` polls were spent; 0 runs nothing |
//! | `discard` | | drops the instance; calls under way keep what they hold of it |
//! | `where` | | a worker that knows at which lines of the submission tasks are suspended notes each: `noted` of the kind `awaits`, with the `call` if it is a caller's, and one argument: ``file:line: `what stands there` ``. Neither this nor `places` is asked of a worker in Rust, whose futures do not know |
//! | `measure` | | says how many bytes the process holds. Belongs to no run |
//! | `watch` | `max_parallel`, `passwords` | a run of its own, in real time: hashes the passwords for real, beside a heartbeat and six handlers, and measures how long polls keep the loop |
//! | `end` | | closes the run: drops every caller and the instance, then the loop, and lets held threads go on unseen. The events of clean-up code are in its list |
//!
//! **Cancelling.** `drop` stands for a caller that is gone. Where futures can be dropped,
//! the future is dropped within the step. Where tasks can only be cancelled, the task is
//! cancelled within the step, and the next `settle` runs its clean-up. Either way a
//! dropped call reports neither `returned` nor `panicked`: nobody is left to be told.
//! Operations that it had begun are `dropped` unless something else keeps them.
//!
//! **Asking again.** A call with `again` that ends in an error is made once more, by the
//! same caller, with the same entry and arguments: `returned` first, then `again` with the
//! second number, then the second call is polled, all in the poll in which the first one
//! ended. With `always`, so is one that ends in a value. Whatever else was woken runs later. A `drop` of either number drops the
//! caller in the call it is in, and does nothing if it is not in that one.
//!
//! **Polled.** `"alone"`, the default: each caller is a task of its own.
//! `"by_new_wakers"`: likewise, and each poll gets a waker of its own, which wakes nobody
//! once there is a later one; a caller that waits after its first poll is polled once more.
//! `"joined"`: all callers are in one task, which polls those that were woken.
//! `"in_one_go"`: each caller is a task, and the loop polls many tasks in one turn, as tokio's
//! does by itself: those that yield are woken when it ends, the last one first. A settle then
//! stops between two turns only. Other languages treat all of them as the first.
//!
//! # Operations
//!
//! A call of the submission to the kit is an operation. The submission begins it, and the
//! grader ends it. One that is awaited reports `begun` when it is called, waits for
//! its `answer`, and reports `delivered` when the submission gets it; one that the
//! submission gives up before that reports `dropped`. One that blocks its thread reports
//! `begun`; on any thread but the loop's it is held there until it is answered, so
//! that the grader decides when it ends and sees whether the loop goes on meanwhile; it
//! reports `ended` just before it returns. On the loop's thread it cannot be held, since
//! nobody could report it: it returns by itself, and reports both. One run at a time may
//! have operations that block.
//!
//! The worker numbers operations from 1 in each run, across all kinds and threads, in
//! the order of the reports.
//!
//! | world | made with | entries | operations |
//! |---|---|---|---|
//! | users | a database | `get_user`(id): a row, or an error; `stampede`(id, requests): a list of fetches and nanoseconds | `fetch_user`(id), awaited: ends with the name of the user, a text, or an error |
//! | passwords | `arguments`: `max_parallel` | `hash`(password): a text, or an error | `hash_password`(password), blocks: ends with its text, or with how to make it |
//! | bank | a bank | `deposit`(account, amount): the new balance, a number, or an error | `read`(account), awaited: ends with the balance or an error; `write`(account, balance), awaited: ends with `null` or an error |
//! | audit | `arguments`: a list of accounts, each its id and what it holds | `transfer`(from, to, amount): `null`, or an error; looked at: `balances`(id, …): what each holds, `null` for one that does not exist, and then the total | `record`(from, to, amount), awaited: ends with `null` or an error |
//! | server | `arguments`: `max` | `ask`(question): the answer, a number, or an error | `connect`(), awaited: ends with the number of the connection or an error; `ask`(connection, question), awaited: ends with the answer or an error |
//! | bulk | `arguments`: `max_batch` | `load`(id): an item, `null`, or an error | `load`(id, …), awaited: ends with a list of an item or `null` for each id, or with an error |
//! | sink | `arguments`: `max_parallel` | `handle`(key, number): `null`, or an error | `store`(key, number), awaited: ends with `null` or an error |
//! | work | | `fold`(seed, steps): a state, a number; `neighbour`(turns): `null` | none |
//! | clock | `arguments`: a list of monitors, each the microseconds of its `every` and its `threshold` | `switch_monitor`(place), which drops it, or starts it again: `null`; looked at: `report`(place): the number of stalls and the microseconds of the longest | none |
//!
//! - A row is a list of the user's id and name: `[42,"ada"]`. The kit makes it from the
//!   id that was asked for and the name in the answer.
//! - Errors of the users: `["unavailable",[]]`; `["not_found",[]]` as an answer, and
//!   `["not_found",[ID]]` when a call returns it, with the id that it names.
//! - The error of the passwords: `["too_long",[]]`. The kit returns it by itself for a
//!   password of more than 72 bytes in UTF-8, and begins no operation.
//! - A hash that is answered with a list computes a real bcrypt hash of the password and
//!   returns it, in version `2b`, with the work factor and the 16 bytes of salt in the list:
//!   `[4,[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15],TEXT]`. The text is what it comes to: where
//!   there is no bcrypt, other work of that length is done, and the hash ends with the text.
//! - The kit's function that verifies a password is the same operation, with the
//!   password; only a panic in its answer counts, and it says whether the hash belongs to
//!   that password.
//! - The error of the bank: `["unavailable",[]]`. Those of a transfer: the same, when its
//!   record fails; `["insufficient",[]]`, `["no_such_account",[]]`. Those of the server:
//!   `["refused",[]]`, `["broken",[]]`; of the items: `["unavailable",[]]`,
//!   `["too_many",[]]`; of the sink: `["rejected",[]]`.
//! - An item is a list of its id and its text: `[42,"…"]`.
//! - A call of the server, of the items or of the sink notes `polled` when it is polled for
//!   the first time: in the order in which they started, and before the loop rests. A
//!   connection that is dropped notes `closed`, with its number.
//! - The steps of a fold need no answer. When a poll in which some were made is over, in
//!   any task, `steps` is noted: how many they were, and a list of chains. A chain is the
//!   state and the number of its first step, and how many steps went on from there. A
//!   step on another thread is held until the run is over.
//! - A neighbour wakes itself whenever it is polled, so many times, and notes `polled`
//!   each time.
//!
//! An answer of `"panic"` makes the operation panic where it is awaited or called.
//!
//! # Events
//!
//! | event | fields | when |
//! |---|---|---|
//! | `begun` | `operation`, `kind`, `arguments`?, `call`?, `off_loop`? | the submission began an operation; `call` is the caller whose own task began it, if one did; `off_loop` is there, and true, when it began on a thread other than the loop's |
//! | `delivered` | `operation` | the submission received the answer of an operation that is awaited, an error or a panic included |
//! | `dropped` | `operation` | the submission gave up an operation before it received an answer |
//! | `ended` | `operation` | an operation that blocks its thread is about to return, or to panic |
//! | `noted` | `kind`, `arguments`?, `call`? | the submission did something in the kit that needs no answer |
//! | `pong` | `nonce` | the task of a ping was run |
//! | `seen` | `value` | what the entry of a `look` returned |
//! | `again` | `call` | a caller makes its call once more, under this number |
//! | `returned` | `call`, `with` | a call returned a value or an error |
//! | `panicked` | `call`, `message` | a call ended in a panic |
//! | `broke` | `message` | the submission panicked outside any call: in its constructor, in a task of its own, while something of it was dropped |
//! | `settled` | `polls`, `of_calls`, `idle` | a `settle` is over, the last event of its list: polls spent, how many of them in the callers' own tasks, and whether nothing is ready any more |
//! | `clock` | `micros` | an `advance` is over: the run's age by the virtual clock |
//! | `holds` | `bytes` | the answer to `measure`: bytes allocated and not freed |
//! | `watched` | `picture` | the answer to `watch`; the fields are those of [`Picture`](protocol::Picture) |
//!
//! ```json
//! {"run":8,"steps":[{"new":{"seed":1}},
//!                   {"call":{"call":1,"entry":"deposit","arguments":[8,70],"again":2}},
//!                   {"settle":{"polls":1000}},
//!                   {"answer":{"operation":1,"with":{"error":["unavailable",[]]}}},
//!                   {"settle":{"polls":1000}},
//!                   {"drop":{"call":2}},
//!                   "end"]}
//! {"run":8,"steps":[[],[],
//!                   [{"begun":{"operation":1,"kind":"read","arguments":[8],"call":1}},
//!                    {"settled":{"polls":1,"of_calls":1,"idle":true}}],
//!                   [],
//!                   [{"delivered":{"operation":1}},
//!                    {"returned":{"call":1,"with":{"error":["unavailable",[]]}}},
//!                    {"again":{"call":2}},
//!                    {"begun":{"operation":2,"kind":"read","arguments":[8],"call":2}},
//!                    {"settled":{"polls":1,"of_calls":2,"idle":true}}],
//!                   [{"dropped":{"operation":2}}],
//!                   []]}
//! {"run":9,"steps":[{"new":{"seed":1,"arguments":[2],"polled":"joined"}},
//!                   {"call":{"call":1,"entry":"hash","arguments":["correct horse"]}},
//!                   {"settle":{"polls":1000}},
//!                   {"answer":{"operation":1,"with":{"ok":[4,[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]]}}},
//!                   {"ping":{"nonce":5}},
//!                   {"settle":{"polls":1000}},
//!                   {"advance":{"micros":1000}},
//!                   {"block":{"micros":1000}},
//!                   {"look":{"entry":"total"}},
//!                   "discard"]}
//! ```
//!
//! # Limits
//!
//! The grader bounds CPU time, the heap, threads and the time for an answer; a drill's
//! own limits are in its `exercise.toml`. A message is never longer than
//! [`MAX_MESSAGE_BYTES`](protocol::MAX_MESSAGE_BYTES). Nothing is written to any file.
//!
//! # What the grader makes of anything else
//!
//! Each of these is evidence that the submission has tampered with its worker: a line that
//! is too long or is not a message, a report for another run or with another number of
//! steps, more polls than a turn can have, an event that cannot follow from the events before
//! it (an operation delivered twice, a return of a call that was never made). It ends the
//! check, not the grader. Texts of more than 16 KiB are cut when they are read.

pub use protocol;

#[cfg(feature = "meter")]
pub mod meter;

#[cfg(feature = "puppet")]
mod chance;
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
mod passing;
#[cfg(feature = "puppet")]
mod picture;
#[cfg(feature = "puppet")]
mod puppet;
#[cfg(feature = "puppet")]
mod steps;
#[cfg(feature = "puppet")]
mod subject;
#[cfg(feature = "puppet")]
mod words;
#[cfg(feature = "puppet")]
pub use puppet::run;
#[cfg(feature = "puppet")]
pub use subject::{Arguments, Call, CallFuture, NewSubject, Subject, seen, told};
