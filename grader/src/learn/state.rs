//! The state that the page and the terminal show.
//!
//! Its main type is [`Board`]: one copy of the [`State`], and the listeners for its
//! changes. Every change is made and sent under one lock, so a listener that reads the
//! state first can neither miss a change nor get an old one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::broadcast;

use super::places::Place;
use crate::course::language::Language;
use crate::grade::report::clickable;
use crate::grade::verdict::Verdict;
use play::text::printable;

/// Changes kept for a listener that is slow; one that misses some reads the state again.
const NEWS: usize = 64;

/// Everything there is to show.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// The book's title.
    pub course: String,
    /// The grader's version.
    pub grader: String,
    /// The token that a request must carry to change something.
    pub token: String,
    /// The served book.
    pub book: BookNow,
    /// How far the grader's own crates are.
    pub prepare: Prepare,
    /// The drills, in the course's order, and each in every language it can be written in.
    pub drills: Vec<DrillNow>,
}

impl State {
    /// Whether a drill has passed, in any language.
    pub(super) fn has_passed(&self, slug: &str) -> bool {
        let mut of_slug = self.drills.iter().filter(|drill| drill.slug == slug);
        of_slug.any(|drill| drill.passed)
    }
}

/// The served book.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BookNow {
    /// A name for its content; empty while the first one is built. A page of another
    /// edition is out of date.
    pub edition: String,
    /// Why the present files do not make a book, if they do not.
    pub words: String,
}

/// How far the grader's own crates are.
#[derive(Clone, Debug, Serialize)]
pub struct Prepare {
    /// The phase of the preparation.
    pub phase: PreparePhase,
    /// Crates built.
    pub done: u32,
    /// Crates to build; 0 while that is unknown.
    pub total: u32,
    /// The current step, or why it failed.
    pub words: String,
}

/// Whether gradings can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreparePhase {
    /// Nothing has begun.
    Waiting,
    /// The crates are being built.
    Building,
    /// Gradings can begin.
    Ready,
    /// They could not be built.
    Failed,
}

/// The state of one drill in one language.
#[derive(Clone, Debug, Serialize)]
pub struct DrillNow {
    /// Its name among all of them: the slug, or `SLUG/python`.
    pub id: String,
    /// The language.
    pub language: Language,
    /// What the language is called.
    pub spoken: String,
    /// The slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its page in the book.
    pub page: String,
    /// The file to edit, from the course's folder.
    pub file: String,
    /// What is being done with it.
    pub phase: Phase,
    /// How many gradings have begun; only grows.
    pub run: u64,
    /// The last verdict; while a grading runs, the one before.
    pub verdict: Option<Verdict>,
    /// What to do if there is no verdict.
    pub words: String,
    /// The hints asked for so far.
    pub hints: Vec<String>,
    /// Whether there are more.
    pub more_hints: bool,
    /// Whether it has passed once.
    pub passed: bool,
    /// The best points so far.
    pub best: u32,
    /// The most points possible.
    pub max: u32,
    /// When it first passed, in seconds since 1970, if that was noted.
    pub first_passed_at: Option<u64>,
    /// Seconds of work on it, as far as gradings show them.
    pub worked_seconds: u64,
    /// The minutes that it takes, by the course.
    pub minutes: u32,
    /// Whether the learner has begun: the drill has passed, or their file is not the stub.
    pub started: bool,
    /// Whether the course's stub has changed since the learner began.
    pub changed_upstream: bool,
    /// The places of compile errors, if there are any.
    pub errors: Vec<Place>,
    /// The link that opens the file in an editor.
    pub open: Option<String>,
    /// The drill after this one, once this one is passed.
    pub next: Option<String>,
    /// The milliseconds from the last save to its verdict.
    pub took_ms: Option<u64>,
}

impl DrillNow {
    /// Text of its verdict, with paths from the course's folder, which a terminal makes links of.
    pub(super) fn shown(&self, text: &str) -> String {
        let text = printable(text);
        if !self.language.is_rust() {
            return match self.file.rsplit_once('/') {
                Some((folder, name)) => {
                    text.replace(&format!("{name}:"), &format!("{folder}/{name}:"))
                }
                None => text,
            };
        }
        let folder = self.file.strip_suffix("src/lib.rs").unwrap_or_default();
        clickable(&text, |file| {
            file.starts_with("src/").then(|| format!("{folder}{file}"))
        })
    }

    /// Its slug, and its language where that is not the course's first one.
    pub(super) fn named(&self) -> String {
        match self.language.is_rust() {
            true => self.slug.clone(),
            false => format!("{} in {}", self.slug, self.spoken),
        }
    }

    /// Whether a list shows it: in another language than the course's first one, once it
    /// was begun there.
    pub(super) fn is_listed(&self) -> bool {
        self.language.is_rust() || self.started || self.run > 0
    }
}

/// What is being done with a drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It will be graded.
    Waiting,
    /// It is being graded.
    Grading,
    /// The verdict is about the files on the disk.
    Graded,
    /// The file to grade is missing.
    Missing,
    /// The grader could not do its work.
    Error,
}

/// A change, sent to all listeners.
#[derive(Clone, Debug)]
pub struct News {
    /// The changed part, as it was right after the change.
    pub what: Arc<What>,
    /// The same as JSON.
    pub data: Arc<str>,
}

/// The parts of the state that can change.
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
    /// The name of the event for a page.
    pub fn name(&self) -> &'static str {
        match self {
            What::Drill(_) => "drill",
            What::Prepare(_) => "prepare",
            What::Book(_) => "book",
        }
    }
}

/// The state and its listeners.
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

    /// The result of `read` on the state, and all changes from then on.
    pub fn listen<T>(&self, read: impl FnOnce(&State) -> T) -> (T, broadcast::Receiver<News>) {
        let state = self.lock();
        (read(&state), self.news.subscribe())
    }

    /// The drill of this name.
    pub fn drill<T>(&self, id: &str, read: impl FnOnce(&DrillNow) -> T) -> Option<T> {
        let state = self.lock();
        state.drills.iter().find(|it| it.id == id).map(read)
    }

    /// Changes a drill and tells the listeners.
    pub fn change_drill(&self, id: &str, change: impl FnOnce(&mut DrillNow)) {
        let mut state = self.lock();
        if let Some(drill) = state.drills.iter_mut().find(|it| it.id == id) {
            change(drill);
            self.tell(What::Drill(Box::new(drill.clone())));
        }
    }

    /// Changes the preparation and tells the listeners.
    pub fn change_prepare(&self, change: impl FnOnce(&mut Prepare)) {
        let mut state = self.lock();
        change(&mut state.prepare);
        self.tell(What::Prepare(state.prepare.clone()));
    }

    /// Changes the served book and tells the listeners.
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
