//! What is known at a moment: the state that the page and the terminal show.
//!
//! Its main type is [`Board`]: one copy of the [`State`] and whoever wants to hear of
//! changes. Every change is made and told under one lock, so nobody who reads the state
//! and then listens can miss one or hear an old one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::broadcast;

use super::places::Place;
use crate::grade::report::clickable;
use crate::grade::verdict::Verdict;
use play::text::printable;

/// Changes kept for a listener that is slow; one that misses some reads the state again.
const NEWS: usize = 64;

/// All there is to show.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// The book's title.
    pub course: String,
    /// The grader's version.
    pub grader: String,
    /// What a request that changes something must carry.
    pub token: String,
    /// The book that is served.
    pub book: BookNow,
    /// How far the grader's own crates are.
    pub prepare: Prepare,
    /// The drills, in the course's order.
    pub drills: Vec<DrillNow>,
}

/// The book that is served.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BookNow {
    /// Names what is in it; empty while the first one is built. A page of another edition
    /// is out of date.
    pub edition: String,
    /// Why the files as they are now make no book, if they don't.
    pub words: String,
}

/// How far the grader's own crates are.
#[derive(Clone, Debug, Serialize)]
pub struct Prepare {
    /// What is being done about them.
    pub phase: PreparePhase,
    /// Crates built.
    pub done: u32,
    /// Crates to build; 0 while nobody knows.
    pub total: u32,
    /// What is being done, or why it failed.
    pub words: String,
}

/// Whether gradings can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreparePhase {
    /// Nothing was begun.
    Waiting,
    /// The crates are being built.
    Building,
    /// Gradings can begin.
    Ready,
    /// They could not be built.
    Failed,
}

/// What is known of one drill.
#[derive(Clone, Debug, Serialize)]
pub struct DrillNow {
    /// The slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its page in the book.
    pub page: String,
    /// The file to edit, from the course's folder.
    pub file: String,
    /// What is going on.
    pub phase: Phase,
    /// Gradings begun; grows.
    pub run: u64,
    /// The last verdict; while a grading runs, the one before.
    pub verdict: Option<Verdict>,
    /// What to do where there is no verdict.
    pub words: String,
    /// The hints asked for so far.
    pub hints: Vec<String>,
    /// Whether there are more.
    pub more_hints: bool,
    /// Whether it passed once.
    pub passed: bool,
    /// The most points there ever were.
    pub best: u32,
    /// All points there are.
    pub max: u32,
    /// Whether the course has another stub than when the learner began.
    pub changed_upstream: bool,
    /// Where the compiler found something, for a crate that was refused.
    pub errors: Vec<Place>,
    /// What opens the file in an editor.
    pub open: Option<String>,
    /// The drill after this one, once this one is passed.
    pub next: Option<String>,
    /// From the save to its verdict, in milliseconds, for the last save.
    pub took_ms: Option<u64>,
}

impl DrillNow {
    /// Text of its verdict, with paths from the course's folder, which a terminal makes links of.
    pub(super) fn shown(&self, text: &str) -> String {
        let folder = self.file.strip_suffix("src/lib.rs").unwrap_or_default();
        clickable(&printable(text), |file| {
            file.starts_with("src/").then(|| format!("{folder}{file}"))
        })
    }
}

/// What is going on with a drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It will be graded.
    Waiting,
    /// It is being graded.
    Grading,
    /// The verdict is on what is on the disk.
    Graded,
    /// There is no file to grade.
    Missing,
    /// The grader could not do its work.
    Error,
}

/// A change, told to everyone.
#[derive(Clone, Debug)]
pub struct News {
    /// What is another now, as it was right after the change.
    pub what: Arc<What>,
    /// The same as JSON.
    pub data: Arc<str>,
}

/// What there can be news of.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum What {
    /// A drill.
    Drill(Box<DrillNow>),
    /// The grader's own crates.
    Prepare(Prepare),
    /// The book.
    Book(BookNow),
}

impl What {
    /// What a page calls it.
    pub fn name(&self) -> &'static str {
        match self {
            What::Drill(_) => "drill",
            What::Prepare(_) => "prepare",
            What::Book(_) => "book",
        }
    }
}

/// The state, and whoever listens.
#[derive(Debug)]
pub struct Board {
    state: Mutex<State>,
    news: broadcast::Sender<News>,
}

impl Board {
    /// A board that shows `state`.
    pub fn new(state: State) -> Board {
        Board {
            state: Mutex::new(state),
            news: broadcast::channel(NEWS).0,
        }
    }

    /// The state at this moment.
    pub fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock())
    }

    /// What `read` makes of the state, and all changes from then on.
    pub fn listen<T>(&self, read: impl FnOnce(&State) -> T) -> (T, broadcast::Receiver<News>) {
        let state = self.lock();
        (read(&state), self.news.subscribe())
    }

    /// The drill with this slug.
    pub fn drill<T>(&self, slug: &str, read: impl FnOnce(&DrillNow) -> T) -> Option<T> {
        let state = self.lock();
        state.drills.iter().find(|it| it.slug == slug).map(read)
    }

    /// Changes a drill, and tells.
    pub fn change_drill(&self, slug: &str, change: impl FnOnce(&mut DrillNow)) {
        let mut state = self.lock();
        if let Some(drill) = state.drills.iter_mut().find(|it| it.slug == slug) {
            change(drill);
            self.tell(What::Drill(Box::new(drill.clone())));
        }
    }

    /// Changes how far the preparation is, and tells.
    pub fn change_prepare(&self, change: impl FnOnce(&mut Prepare)) {
        let mut state = self.lock();
        change(&mut state.prepare);
        self.tell(What::Prepare(state.prepare.clone()));
    }

    /// Changes which book is served, and tells.
    pub fn change_book(&self, change: impl FnOnce(&mut BookNow)) {
        let mut state = self.lock();
        change(&mut state.book);
        self.tell(What::Book(state.book.clone()));
    }

    fn tell(&self, what: What) {
        let data = json(&what).into();
        // Nobody may be listening.
        let _ = self.news.send(News {
            what: Arc::new(what),
            data,
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Plain data as JSON on one line.
pub(super) fn json(what: &impl Serialize) -> String {
    serde_json::to_string(what).expect("plain data is always JSON")
}
