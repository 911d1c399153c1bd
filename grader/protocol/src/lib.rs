//! The messages between the grader and a worker, as Rust types.
//!
//! The crate's page describes them as JSON; these types are that description
//! made checkable. Nothing here runs anything. What kind a step or an event is stands
//! before its fields, not among them, so that each is read in one go.

use serde::{Deserialize, Serialize};

/// The version of the protocol this crate speaks.
pub const PROTOCOL: u32 = 1;

/// A message longer than this, in bytes without its newline, breaks the protocol.
pub const MAX_MESSAGE_BYTES: usize = 1 << 20;

/// The first line a worker sends, before it has read anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of the protocol the worker speaks.
    pub protocol: u32,
}

/// What the grader asks for: some steps of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The run the steps belong to. Several runs may be open at once.
    pub run: u64,
    /// What to do, in this order.
    pub steps: Vec<Step>,
}

impl Order {
    /// Adds the line that says this to `text`. Here and not where it is sent, since this
    /// crate is built to be quick: thousands of lines make a verdict.
    ///
    /// # Panics
    /// Never: plain data is always JSON.
    pub fn write(&self, text: &mut Vec<u8>) {
        serde_json::to_writer(&mut *text, self).expect("plain data is always JSON");
        text.push(b'\n');
    }
}

/// What a worker saw while it carried out one [`Order`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The order's run.
    pub run: u64,
    /// One list for every step of the order, each in the order things happened.
    pub steps: Vec<Vec<Event>>,
}

impl Report {
    /// The report that a line says. Here for the same reason as [`Order::write`].
    ///
    /// # Errors
    /// When it says something else.
    pub fn read(line: &[u8]) -> serde_json::Result<Report> {
        serde_json::from_slice(line)
    }
}

/// One thing to do within a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Open the run: a new event loop whose clock stands still, and a new
    /// instance of what the submission offers.
    New {
        /// Seeds every random choice the event loop makes.
        seed: u64,
        /// What a service that hashes passwords is made with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_parallel: Option<usize>,
    },
    /// Make one call of the submission a task of the loop. It is not polled yet.
    Request {
        /// The caller's number, counted from 1 within the run.
        request: u32,
        /// What the caller asks for.
        call: Call,
    },
    /// The database answers a fetch. Whoever awaits it is woken, not polled yet.
    Answer {
        /// The fetch's number, as the worker gave it in [`Event::FetchBegun`].
        fetch: u32,
        /// What it is answered with.
        with: Answer,
    },
    /// A hash that asked for admission, and waits for it on its thread, may go on.
    Admit {
        /// The hash's number, as the worker gave it in [`Event::HashBegun`].
        hash: u32,
        /// How it ends.
        with: Admission,
    },
    /// Put a task on the loop that answers with [`Event::Pong`] when it is polled.
    Ping {
        /// What it answers with.
        nonce: u64,
    },
    /// A caller hangs up: its future is dropped at once.
    Drop {
        /// The caller.
        request: u32,
    },
    /// Move the loop's clock. Timers that come due wake their tasks.
    Advance {
        /// By how much, in microseconds.
        micros: u64,
    },
    /// Let tasks run, in the loop's own order, until none is ready or this many
    /// polls were spent.
    Settle {
        /// The most polls to spend; 0 runs nothing.
        polls: u32,
    },
    /// Say how many bytes the process holds.
    Measure,
    /// Watch an event loop in real time while real passwords are hashed beside other
    /// work. A run of its own, in one step.
    Watch {
        /// What the service is made with.
        max_parallel: usize,
        /// The passwords, all given at once.
        passwords: Vec<String>,
    },
    /// Close the run: drop its loop with all that is in it.
    End,
}

/// What a caller asks of the submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// `cache.get_user(user)`.
    GetUser {
        /// The user's id.
        user: u64,
    },
    /// `stampede(db, user, requests)`, with a database handle of its own.
    Stampede {
        /// The user's id.
        user: u64,
        /// How many requests it is to send.
        requests: usize,
    },
    /// `service.hash(password)`.
    Hash {
        /// The password.
        password: String,
    },
}

/// How the database answers a fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// With a row.
    Row {
        /// The `name` of the row; its id is the one asked for.
        name: String,
    },
    /// There is no such user.
    NotFound,
    /// The database could not be asked.
    Unavailable,
    /// The fetch panics (in other languages: raises what nobody expects).
    Panic,
}

/// How a hash ends that waited for admission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Admission {
    /// With this text, at once: no time is spent on a real hash.
    Text(String),
    /// With a real bcrypt hash.
    Bcrypt {
        /// The work factor, 4 to 31: 2 to its power rounds.
        cost: u32,
        /// The salt.
        salt: [u8; 16],
    },
    /// It panics.
    Panic,
}

/// One thing a worker saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The submission began a fetch.
    FetchBegun {
        /// Its number, counted from 1 within the run.
        fetch: u32,
        /// The id asked for.
        user: u64,
        /// The caller whose task began it, if it was a caller's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<u32>,
        /// It did so on another thread than the loop's.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        off_loop: bool,
    },
    /// The submission received the answer of a fetch.
    FetchDelivered {
        /// The fetch.
        fetch: u32,
    },
    /// The submission dropped a fetch before it received an answer.
    FetchDropped {
        /// The fetch.
        fetch: u32,
    },
    /// The submission called `hash_password` or `verify_password`.
    HashBegun {
        /// Its number, counted from 1 within the run.
        hash: u32,
        /// The password it was given.
        password: String,
        /// The caller whose own task called it, if it was a caller's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<u32>,
        /// It was called on the loop's thread. Such a hash is not held.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        on_loop: bool,
    },
    /// A hash is over; the call is about to return or to panic.
    HashEnded {
        /// The hash.
        hash: u32,
    },
    /// The task of a [`Step::Ping`] was polled.
    Pong {
        /// The ping's nonce.
        nonce: u64,
    },
    /// A call returned.
    Returned {
        /// The caller.
        request: u32,
        /// What it got.
        value: Value,
    },
    /// A call ended in a panic.
    Panicked {
        /// The caller.
        request: u32,
        /// The panic's message and place, as far as they are known.
        message: String,
    },
    /// Code of the submission panicked outside any call: in its constructor, in
    /// a task of its own, while a dropped caller was cleaned up.
    Broke {
        /// The panic's message and place, as far as they are known.
        message: String,
    },
    /// The end of a [`Step::Settle`].
    Settled {
        /// How many polls were spent.
        polls: u32,
        /// How many of them were polls of a call's own task.
        of_calls: u32,
        /// Whether nothing is ready to run any more.
        idle: bool,
    },
    /// The end of a [`Step::Advance`].
    Clock {
        /// How long the run has lasted by the loop's clock, in microseconds.
        micros: u64,
    },
    /// The answer to [`Step::Watch`]: how long polls kept the loop from all else.
    Watched {
        /// The picture.
        picture: Picture,
    },
    /// The answer to [`Step::Measure`].
    Holds {
        /// Bytes allocated and not freed.
        bytes: u64,
    },
}

/// What a watched loop did. All times are in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// How stalls were told from the machine's own delays.
    pub method: String,
    /// How long the loop was watched.
    pub window: u64,
    /// Polls of tasks in that time.
    pub polls: u64,
    /// Calls that returned a hash.
    pub hashed: u32,
    /// The stall that half of the polls did not exceed.
    pub p50: u64,
    /// The stall that 99 of 100 polls did not exceed.
    pub p99: u64,
    /// The longest stall.
    pub max: u64,
    /// The stalls of a millisecond or more: when they began, and how long they were.
    pub stalls: Vec<(u64, u64)>,
    /// How long the handlers' short requests took: when they were due, and how much
    /// later they were done.
    pub waits: Vec<(u64, u64)>,
}

/// What a call returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Value {
    /// A row.
    Row {
        /// Its id.
        id: u64,
        /// Its name.
        name: String,
    },
    /// The error "no such user", with the id it names.
    NotFound {
        /// The id.
        id: u64,
    },
    /// The error "unavailable".
    Unavailable,
    /// A password's hash.
    Hash {
        /// The hash.
        text: String,
    },
    /// The error "the password is too long".
    TooLong,
    /// What `stampede` says of itself.
    Stampede {
        /// Fetches it says began.
        fetches: u64,
        /// Time it says passed, in nanoseconds.
        elapsed_nanos: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_look_as_the_page_shows_them() {
        let order = Order {
            run: 7,
            steps: vec![
                Step::New {
                    seed: 1,
                    max_parallel: None,
                },
                Step::Request {
                    request: 1,
                    call: Call::GetUser { user: 42 },
                },
                Step::Settle { polls: 1000 },
                Step::Answer {
                    fetch: 1,
                    with: Answer::Row {
                        name: "ada".to_owned(),
                    },
                },
                Step::End,
            ],
        };
        assert_eq!(
            serde_json::to_string(&order).unwrap(),
            r#"{"run":7,"steps":[{"new":{"seed":1}},{"request":{"request":1,"call":{"get_user":{"user":42}}}},{"settle":{"polls":1000}},{"answer":{"fetch":1,"with":{"row":{"name":"ada"}}}},"end"]}"#
        );
        let report = Report {
            run: 7,
            steps: vec![vec![
                Event::FetchBegun {
                    fetch: 1,
                    user: 42,
                    request: Some(1),
                    off_loop: false,
                },
                Event::Returned {
                    request: 1,
                    value: Value::Unavailable,
                },
                Event::Settled {
                    polls: 1,
                    of_calls: 1,
                    idle: true,
                },
            ]],
        };
        assert_eq!(
            serde_json::to_string(&report).unwrap(),
            r#"{"run":7,"steps":[[{"fetch_begun":{"fetch":1,"user":42,"request":1}},{"returned":{"request":1,"value":"unavailable"}},{"settled":{"polls":1,"of_calls":1,"idle":true}}]]}"#
        );
    }

    #[test]
    fn a_message_with_an_unknown_field_is_refused() {
        let text = r#"{"run":1,"steps":[],"verdict":"passed"}"#;
        assert!(serde_json::from_str::<Report>(text).is_err());
        let text = r#"{"run":1,"steps":[[{"pong":{"nonce":1,"verdict":"passed"}}]]}"#;
        assert!(serde_json::from_str::<Report>(text).is_err());
    }
}
