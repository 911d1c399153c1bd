//! The messages between the grader and a worker, as Rust types.
//!
//! The page of the crate `worker` describes them as JSON; these types make that
//! description checkable. Nothing here runs anything. The kind of a step or an event
//! comes before its fields, not among them, so that each is parsed in one pass.

mod value;

pub use value::Value;

use serde::{Deserialize, Serialize};

/// The version of the protocol this crate speaks.
pub const PROTOCOL: u32 = 2;

/// A message longer than this, in bytes without its newline, breaks the protocol.
pub const MAX_MESSAGE_BYTES: usize = 1 << 20;

/// The kind of a note that says where a task is suspended; its one argument is the file, the
/// line and what stands there.
pub const AWAITS: &str = "awaits";

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
    /// Appends this order to `text` as one line. The code is here rather than at the sender
    /// because this crate is built for speed, and a verdict takes thousands of lines.
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
    /// Parses a report from a line. It is here for the same reason as [`Order::write`].
    ///
    /// # Errors
    /// When the line is not a report.
    pub fn read(line: &[u8]) -> serde_json::Result<Report> {
        serde_json::from_slice(line)
    }

    /// Cuts each text to so many bytes, and says how many values the report held: how much memory
    /// it took, in units of some dozens of bytes.
    pub fn cut_texts(&mut self, limit: usize) -> usize {
        let events = self.steps.iter_mut().flatten();
        events.map(|event| event.cut_texts(limit)).sum()
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
        /// What the instance is made with, besides the kit's handles.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Value>,
        /// How the callers of the run are polled.
        #[serde(default, skip_serializing_if = "is_default")]
        polled: Polled,
        /// Say where in the submission each operation begins, where the language knows: an
        /// [`Event::Noted`] of kind [`AWAITS`] after its [`Event::Begun`].
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        places: bool,
    },
    /// Make one call of the submission a task of the loop. It is not polled yet.
    Call {
        /// The caller's number, counted from 1 within the run.
        call: u32,
        /// Which of the drill's entries is called.
        entry: String,
        /// What it is called with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Value>,
        /// When the call returns an error, its caller makes the same call once more, in
        /// the same poll, under this number; [`Event::Again`] says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<u32>,
        /// Whether it does so whatever the call returns.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        always: bool,
    },
    /// Call an entry that returns at once, outside any task: nothing else runs.
    Look {
        /// Which of the drill's entries is called.
        entry: String,
        /// What it is called with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Value>,
    },
    /// End an operation. The task that awaits it is woken, not polled yet; a thread that
    /// is held in it goes on.
    Answer {
        /// The operation's number, as the worker gave it in [`Event::Begun`].
        operation: u32,
        /// How it ends.
        with: Ending,
    },
    /// Put a task on the loop that answers with [`Event::Pong`] when it is polled.
    Ping {
        /// What it answers with.
        nonce: u64,
    },
    /// A caller hangs up: its future is dropped at once.
    Drop {
        /// The caller.
        call: u32,
    },
    /// Move the loop's clock. Timers that come due wake their tasks.
    Advance {
        /// By how much, in microseconds.
        micros: u64,
        /// Time stops at each timer on the way, and tasks run there until none is ready.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_timers: bool,
    },
    /// Put a task on the loop that, when polled, blocks the loop this long by the kit's
    /// clock.
    Block {
        /// For how long, in microseconds.
        micros: u64,
    },
    /// Let tasks run, in the loop's own order, until none is ready or this many
    /// polls were spent.
    Settle {
        /// The most polls to spend; 0 runs nothing.
        polls: u32,
    },
    /// Drop the instance; calls under way keep what they have of it. The next call makes a
    /// new one, as the run began.
    Discard,
    /// Say at which line of the submission each task of the run is suspended, where the
    /// language knows: an [`Event::Noted`] of kind [`AWAITS`] for each.
    Where,
    /// Report how many bytes the process holds.
    Measure,
    /// Watch an event loop in real time while real passwords are hashed beside other
    /// work. This one step is a run of its own.
    Watch {
        /// What the service is made with.
        max_parallel: usize,
        /// The passwords, all given at once.
        passwords: Vec<String>,
    },
    /// Close the run: drop its loop with all that is in it.
    End,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// How the callers of a run are polled. Real callers do all of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polled {
    /// Each is a task of its own.
    #[default]
    Alone,
    /// Each is a task of its own, and is polled with another waker each time.
    ByNewWakers,
    /// All of them are in one task, which polls those that were woken.
    Joined,
    /// Each is a task of its own, and the loop polls many tasks before it sees to those that
    /// have yielded, as loops do when nobody watches each poll.
    InOneGo,
}

/// How an operation ends, and how a call does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ending {
    /// With this value.
    Ok(Value),
    /// With the error of this name, and its arguments.
    Error(String, Vec<Value>),
    /// With a panic (in other languages: with an exception that nobody expects).
    Panic,
}

/// One thing a worker saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The submission began an operation.
    Begun {
        /// Its number, counted from 1 within the run.
        operation: u32,
        /// Which of the kit's operations it is.
        kind: String,
        /// What it was called with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Value>,
        /// The caller whose own task began it, if it was a caller's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<u32>,
        /// It began on a thread other than the loop's. An operation that blocks its
        /// thread is held there, and only there.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        off_loop: bool,
    },
    /// The submission received the answer of an operation that it awaited.
    Delivered {
        /// The operation.
        operation: u32,
    },
    /// The submission dropped an operation before it received an answer.
    Dropped {
        /// The operation.
        operation: u32,
    },
    /// An operation that blocks its thread is about to return, or to panic.
    Ended {
        /// The operation.
        operation: u32,
    },
    /// The submission did something that needs no answer.
    Noted {
        /// What.
        kind: String,
        /// With what.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Value>,
        /// The caller whose own task did it, if it was a caller's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<u32>,
    },
    /// The task of a [`Step::Ping`] was polled.
    Pong {
        /// The ping's nonce.
        nonce: u64,
    },
    /// What a [`Step::Look`] saw.
    Seen {
        /// What the entry returned.
        value: Value,
    },
    /// A caller whose call returned an error makes it once more.
    Again {
        /// The number of the new call.
        call: u32,
    },
    /// A call returned.
    Returned {
        /// The caller.
        call: u32,
        /// What it got: a value or an error.
        with: Ending,
    },
    /// A call ended in a panic.
    Panicked {
        /// The caller.
        call: u32,
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
        /// How many of them were polls of calls.
        of_calls: u32,
        /// Whether nothing is ready to run any more.
        idle: bool,
    },
    /// The end of a [`Step::Advance`].
    Clock {
        /// How long the run has lasted by the loop's clock, in microseconds.
        micros: u64,
    },
    /// The answer to [`Step::Watch`]: how long polls kept the loop from everything else.
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

impl Event {
    /// See [`Report::cut_texts`].
    fn cut_texts(&mut self, limit: usize) -> usize {
        let cut = |text: &mut String| value::cut(text, limit);
        let cut_all = |values: &mut [Value]| -> usize {
            values.iter_mut().map(|value| value.cut_texts(limit)).sum()
        };
        1 + match self {
            Event::Begun {
                kind, arguments, ..
            }
            | Event::Noted {
                kind, arguments, ..
            }
            | Event::Returned {
                with: Ending::Error(kind, arguments),
                ..
            } => cut(kind) + cut_all(arguments),
            Event::Seen { value }
            | Event::Returned {
                with: Ending::Ok(value),
                ..
            } => value.cut_texts(limit),
            Event::Panicked { message, .. } | Event::Broke { message } => cut(message),
            _ => 0,
        }
    }
}

/// What a watched loop did. All times are in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// How stalls were distinguished from the machine's own delays.
    pub method: String,
    /// How long the loop was watched.
    pub window: u64,
    /// How many polls of tasks happened in that time.
    pub polls: u64,
    /// Calls that returned a hash.
    pub hashed: u32,
    /// The median stall of a poll.
    pub p50: u64,
    /// The 99th percentile of stalls.
    pub p99: u64,
    /// The longest stall.
    pub max: u64,
    /// The stalls of a millisecond or more: when they began, and how long they were.
    pub stalls: Vec<(u64, u64)>,
    /// How long the handlers' short requests took: when they were due, and how much
    /// later they were done.
    pub waits: Vec<(u64, u64)>,
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
                    arguments: Vec::new(),
                    polled: Polled::Alone,
                    places: false,
                },
                Step::Call {
                    call: 1,
                    entry: "get_user".to_owned(),
                    arguments: vec![Value::Number(42)],
                    again: None,
                    always: false,
                },
                Step::Settle { polls: 1000 },
                Step::Answer {
                    operation: 1,
                    with: Ending::Ok(Value::Text("ada".to_owned())),
                },
                Step::Answer {
                    operation: 2,
                    with: Ending::Error("not_found".to_owned(), vec![Value::Number(42)]),
                },
                Step::Answer {
                    operation: 3,
                    with: Ending::Panic,
                },
                Step::End,
            ],
        };
        assert_eq!(
            serde_json::to_string(&order).unwrap(),
            r#"{"run":7,"steps":[{"new":{"seed":1}},{"call":{"call":1,"entry":"get_user","arguments":[42]}},{"settle":{"polls":1000}},{"answer":{"operation":1,"with":{"ok":"ada"}}},{"answer":{"operation":2,"with":{"error":["not_found",[42]]}}},{"answer":{"operation":3,"with":"panic"}},"end"]}"#
        );
        let report = Report {
            run: 7,
            steps: vec![vec![
                Event::Begun {
                    operation: 1,
                    kind: "fetch_user".to_owned(),
                    arguments: vec![Value::Number(42)],
                    call: Some(1),
                    off_loop: false,
                },
                Event::Returned {
                    call: 1,
                    with: Ending::Error("unavailable".to_owned(), Vec::new()),
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
            r#"{"run":7,"steps":[[{"begun":{"operation":1,"kind":"fetch_user","arguments":[42],"call":1}},{"returned":{"call":1,"with":{"error":["unavailable",[]]}}},{"settled":{"polls":1,"of_calls":1,"idle":true}}]]}"#
        );
    }

    /// The page that describes the protocol, without the comment marks.
    fn page() -> String {
        let text = include_str!("../../worker/src/lib.rs").lines();
        let lines = text.map_while(|line| line.strip_prefix("//!"));
        lines
            .map(|line| format!("{}\n", line.trim_start()))
            .collect()
    }

    /// The JSON in the page's blocks of this kind, one text for each message.
    fn shown(kind: &str) -> Vec<String> {
        let page = page();
        let blocks = page.split("```").skip(1).step_by(2);
        let blocks = blocks.filter_map(|block| block.strip_prefix(&format!("{kind}\n")));
        let mut shown: Vec<String> = Vec::new();
        for line in blocks.flat_map(str::lines) {
            let is_whole = |text: &String| {
                let text = text.replace("VALUE", "0");
                serde_json::from_str::<serde_json::Value>(&text).is_ok()
            };
            match shown.last_mut() {
                Some(last) if !is_whole(last) => last.push_str(line),
                _ => shown.push(line.to_owned()),
            }
        }
        shown
    }

    #[test]
    fn every_message_on_the_page_is_one_and_is_written_as_it_is_shown() {
        fn again<T: Serialize + for<'de> Deserialize<'de>>(text: &str) -> Option<String> {
            let read: T = serde_json::from_str(text).ok()?;
            Some(serde_json::to_string(&read).unwrap())
        }
        let messages = shown("json");
        assert!(messages.len() >= 6, "{messages:#?}");
        for text in messages {
            let written = again::<Hello>(&text)
                .or_else(|| again::<Order>(&text))
                .or_else(|| again::<Report>(&text));
            assert_eq!(written.as_ref(), Some(&text));
        }
        for text in shown("json ending") {
            let text = text.replace("VALUE", "[42,null,\"ada\"]");
            assert_eq!(again::<Ending>(&text), Some(text));
        }
        let hello = Hello { protocol: PROTOCOL };
        assert_eq!(shown("json")[0], serde_json::to_string(&hello).unwrap());
    }

    /// The variants of an enum of this file, each with its fields, as messages name them.
    fn variants(name: &str) -> Vec<(String, Vec<String>)> {
        let snake = |name: &str| -> String {
            let letters = name.char_indices();
            let parts = letters.map(|(at, letter)| match letter.is_uppercase() && at > 0 {
                true => format!("_{}", letter.to_ascii_lowercase()),
                false => letter.to_ascii_lowercase().to_string(),
            });
            parts.collect()
        };
        let text = include_str!("lib.rs");
        let (_, text) = text.split_once(&format!("pub enum {name} {{\n")).unwrap();
        let mut variants: Vec<(String, Vec<String>)> = Vec::new();
        for line in text.lines().take_while(|line| *line != "}") {
            let word = line.trim_start();
            let named = word.split([' ', ',', ':', '(']).next().unwrap_or_default();
            match line.len() - word.len() {
                4 if word.starts_with(char::is_uppercase) => {
                    variants.push((snake(named), Vec::new()));
                }
                8 if word.starts_with(char::is_lowercase) => {
                    let (_, fields) = variants.last_mut().unwrap();
                    fields.push(named.to_owned());
                }
                _ => {}
            }
        }
        variants
    }

    #[test]
    fn every_step_and_every_event_is_on_the_page_with_its_fields() {
        let page = page();
        let (steps, events) = (variants("Step"), variants("Event"));
        assert!(steps.len() > 10 && events.len() > 12);
        for (name, fields) in steps.into_iter().chain(events) {
            let row = |line: &&str| {
                let mut cells = line.split('|').map(str::trim).skip(1);
                let fields: Vec<String> = fields.iter().map(|it| format!("`{it}`")).collect();
                cells.next() == Some(&format!("`{name}`"))
                    && cells.next().map(|cell| cell.replace('?', "")) == Some(fields.join(", "))
            };
            assert_eq!(page.lines().filter(row).count(), 1, "{name} {fields:?}");
        }
        for (name, _) in variants("Polled") {
            assert!(page.contains(&format!("`\"{name}\"`")), "{name}");
        }
    }

    #[test]
    fn a_message_with_an_unknown_field_is_refused() {
        let text = r#"{"run":1,"steps":[],"verdict":"passed"}"#;
        assert!(serde_json::from_str::<Report>(text).is_err());
        let text = r#"{"run":1,"steps":[[{"pong":{"nonce":1,"verdict":"passed"}}]]}"#;
        assert!(serde_json::from_str::<Report>(text).is_err());
    }

    #[test]
    fn whatever_a_report_holds_is_cut_and_counted() {
        let long = "é".repeat(50_000);
        let noted = |arguments: Vec<Value>| Event::Noted {
            kind: long.clone(),
            arguments,
            call: None,
        };
        let nested = Value::List(vec![Value::List(vec![long.clone().into(), 1_i64.into()])]);
        let returned = Event::Returned {
            call: 1,
            with: Ending::Error(long.clone(), vec![long.clone().into()]),
        };
        let message = long.clone();
        let events = [
            noted(vec![nested]),
            returned,
            Event::Broke { message },
            Event::Pong { nonce: 7 },
        ];
        let mut report = Report {
            run: 1,
            steps: events.map(|event| vec![event]).to_vec(),
        };
        // Each of the five texts has 100,000 bytes.
        let counted = report.cut_texts(1_001);
        assert!((15_000..16_000).contains(&counted), "{counted}");
        let text = serde_json::to_string(&report).expect("plain data is always JSON");
        assert!(text.len() < 6_000, "{}", text.len());
        assert!(report.cut_texts(1_001) < 300);
    }
}
