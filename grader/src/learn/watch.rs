//! Watches the learner's files and the book's. However an editor saves, what counts is the
//! content of the disk once things are quiet.
//!
//! The system's events only say that it is time to look. A look reads every drill and
//! the times of the book's files, and compares them with the last look.
//! So temporary files, renames, checkouts and folders that come and go need no rules of
//! their own. If events never come, as on some network drives, regular looks make up
//! for it.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::build::submission::Submission;
use crate::course::Course;
use crate::course::language::Language;

/// After this long without an event, a save is over. A look that comes too early costs a
/// grading that is ended at once, so this can be short.
const QUIET: Duration = Duration::from_millis(3);

/// The same for the book. A page that is written while it is built would be
/// reported as broken, and nobody waits for it so eagerly.
const QUIET_FOR_BOOK: Duration = Duration::from_millis(40);

/// A look happens after this time even if it never becomes quiet.
const PATIENCE: Duration = Duration::from_millis(150);

/// The time between looks without any event.
const NOW_AND_THEN: Duration = Duration::from_secs(2);

/// How many folders are watched below one `src`, and below the book.
const FOLDERS: usize = 200;

/// What has changed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Changed<'a> {
    /// A drill in a language, by its id, and when the change was first noticed.
    Drill(&'a str, Instant),
    /// The book.
    Book,
}

/// A file's identity, its length, and when it was written.
type Written = (u64, u64, (i64, i64, i64, i64));

/// The last look at a drill: its text, or why it cannot be read; and its files, so that
/// a save without a change counts as well.
#[derive(PartialEq, Eq)]
struct Looked {
    text: String,
    files: Vec<(PathBuf, Written)>,
}

/// Watches the drills' files and the book's.
pub(super) struct Watch {
    course: Course,
    drills: Vec<String>,
    known: BTreeMap<String, Looked>,
    book: BTreeMap<PathBuf, Written>,
    watcher: Option<RecommendedWatcher>,
    watched: HashMap<PathBuf, (u64, u64)>,
    events: Receiver<()>,
    /// Kept, so that without a watcher the channel is silent rather than closed.
    _sender: mpsc::Sender<()>,
}

impl Watch {
    /// Watches the drills of these ids in `course`. Their present content counts as known.
    pub(super) fn new(course: Course, drills: Vec<String>) -> Watch {
        let (sender, events) = mpsc::channel();
        let heard = sender.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Events that were lost are a reason to look as well.
            if event.is_ok_and(|event| is_reading(&event)) {
                return;
            }
            let _ = heard.send(());
        });
        let mut watch = Watch {
            course,
            drills,
            known: BTreeMap::new(),
            book: BTreeMap::new(),
            // Without a watcher, the regular looks remain.
            watcher: watcher.ok(),
            watched: HashMap::new(),
            events,
            _sender: sender,
        };
        watch.follow();
        watch.look();
        watch.look_at_book();
        watch
    }

    /// Reports every change, until the program ends.
    pub(super) fn run(mut self, mut tell: impl FnMut(Changed<'_>)) -> ! {
        let mut book_changed = false;
        loop {
            let most = match book_changed {
                true => QUIET_FOR_BOOK,
                false => NOW_AND_THEN,
            };
            let since = match self.events.recv_timeout(most) {
                Ok(()) => {
                    let first = Instant::now();
                    self.settle(first);
                    first
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    if std::mem::take(&mut book_changed) {
                        tell(Changed::Book);
                        continue;
                    }
                    Instant::now()
                }
            };
            // Set up before the look, so that later writes make an event.
            self.follow();
            for id in self.look() {
                tell(Changed::Drill(&id, since));
            }
            // A learner who saved a drill is waiting; a page of the book can wait for that.
            book_changed |= self.look_at_book();
        }
    }

    /// Waits until no more events come.
    fn settle(&self, first: Instant) {
        while first.elapsed() < PATIENCE {
            if self.events.recv_timeout(QUIET).is_err() {
                return;
            }
        }
    }

    /// The drills that were saved since the last look.
    fn look(&mut self) -> Vec<String> {
        let mut changed = Vec::new();
        for id in &self.drills {
            let (slug, language) = Language::and_drill(id);
            let dir = self.course.exercise_dir(slug);
            let mut files = vec![dir.join("exercise.toml")];
            let given = self.course.submission_in(slug, language);
            let text = match Submission::read(&given) {
                Ok(submission) => {
                    match language.is_rust() {
                        true => files.extend(submission.files().keys().map(|name| dir.join(name))),
                        false => files.push(given),
                    }
                    submission.sha256().to_owned()
                }
                Err(error) => error.to_string(),
            };
            let files = files.into_iter().filter_map(|path| {
                let written = written(&path)?;
                Some((path, written))
            });
            let now = Looked {
                text,
                files: files.collect(),
            };
            if self.known.get(id) != Some(&now) {
                self.known.insert(id.clone(), now);
                changed.push(id.clone());
            }
        }
        changed
    }

    /// Whether a file of the book was written, came or went since the last look.
    fn look_at_book(&mut self) -> bool {
        let mut files: Vec<PathBuf> = self
            .book_folders()
            .iter()
            .flat_map(|dir| std::fs::read_dir(dir).into_iter().flatten().flatten())
            .map(|entry| entry.path())
            .collect();
        files.push(self.course.root().join("book.toml"));
        let files = files.into_iter().filter_map(|path| {
            let written = written(&path)?;
            Some((path, written))
        });
        let now = files.collect();
        let changed = self.book != now;
        self.book = now;
        changed
    }

    fn book_folders(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        folders(&self.course.root().join("book"), &mut all);
        all
    }

    /// Watches exactly the folders that matter. A folder that was made again is a new
    /// one, whatever its name.
    fn follow(&mut self) {
        let book = self.book_folders();
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        // The book's settings lie in the course's own folder.
        let mut wanted = vec![
            self.course.root().to_owned(),
            self.course.root().join("exercises"),
        ];
        wanted.extend(book);
        for id in &self.drills {
            let (slug, language) = Language::and_drill(id);
            if !language.is_rust() {
                wanted.push(self.course.exercise_in(slug, language));
                continue;
            }
            let dir = self.course.exercise_dir(slug);
            let src = dir.join("src");
            wanted.push(dir);
            folders(&src, &mut wanted);
        }
        let mut watched = HashMap::new();
        for path in wanted {
            let Ok(met) = std::fs::symlink_metadata(&path) else {
                continue;
            };
            let identity = (met.dev(), met.ino());
            let known = self.watched.remove(&path);
            if known != Some(identity) {
                if known.is_some() {
                    // The old folder is gone, and its watch with it.
                    let _ = watcher.unwatch(&path);
                }
                if watcher.watch(&path, RecursiveMode::NonRecursive).is_err() {
                    continue;
                }
            }
            watched.insert(path, identity);
        }
        for path in self.watched.keys() {
            let _ = watcher.unwatch(path);
        }
        self.watched = watched;
    }
}

/// Adds `dir` and the folders below it, following no link.
fn folders(dir: &Path, found: &mut Vec<PathBuf>) {
    let most = found.len() + FOLDERS;
    let mut waiting = vec![dir.to_owned()];
    while let Some(dir) = waiting.pop() {
        if found.len() == most {
            return;
        }
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.push(entry.path());
            }
        }
        found.push(dir);
    }
}

/// A file's mark; `None` if there is no file.
fn written(path: &Path) -> Option<Written> {
    let met = std::fs::metadata(path).ok()?;
    let when = (met.mtime(), met.mtime_nsec(), met.ctime(), met.ctime_nsec());
    met.is_file().then_some((met.ino(), met.len(), when))
}

/// Whether the file was only read, as we do ourselves.
fn is_reading(event: &Event) -> bool {
    let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
    matches!(event.kind, EventKind::Access(_)) && event.kind != written
}
