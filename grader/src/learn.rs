//! Learn mode: the book on a local page, and every save graded at once.
//!
//! The server, the watcher, the builder of the book, the gradings and the terminal have a
//! thread each. They share a [`Desk`], and tell each other of events through its board.
//! The modules, in reading order:

// What a learner has: the drills' stubs, hints shown, passes; and the book.
pub mod book;
pub mod learner;
pub mod put_back;
pub mod stub;
// What is known, and what a learner can ask for.
pub mod desk;
pub mod queue;
pub mod state;
// The threads that watch, build and grade.
mod builder;
mod grading;
mod watch;
// The page.
mod events;
pub mod guard;
mod neighbour;
mod requests;
mod room;
pub mod server;
pub mod site;
// The terminal.
mod plain;
mod terminal;
// What page and terminal both show.
pub mod editor;
pub mod places;

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use thiserror::Error;

use crate::build::progress::Audience;
use crate::course::language::Language;
use crate::course::{Course, CourseError};
use crate::drills::{self, Drill};
use crate::drive::interpreter;
use crate::drive::interrupt;
use crate::learn::learner::Learner;
use book::BookError;
use builder::Builder;
use desk::Desk;
use editor::Editor;
use guard::Guard;
use requests::Requests;
use server::Server;
use site::Shelf;
use state::{Board, BookNow, DrillNow, Phase, Prepare, PreparePhase, State};
use terminal::End;
use watch::{Changed, Watch};

/// A browser's starter that runs this long has succeeded.
const OPENED: Duration = Duration::from_secs(5);

/// The options of learn mode.
#[derive(Debug, Default)]
pub struct Settings {
    /// The port, if it must be this one.
    pub port: Option<u16>,
    /// Whether the book is opened in a browser.
    pub open: bool,
    /// How places are opened in an editor, if they can be.
    pub editor: Option<Editor>,
}

/// Why learn mode cannot begin.
#[derive(Debug, Error)]
pub enum LearnError {
    /// Something is wrong with the course.
    #[error(transparent)]
    Course(#[from] CourseError),
    /// The book cannot be built.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The port is not available.
    #[error("cannot serve on port {port}: {why}; leave `--port` out to take one that is free")]
    Port {
        /// The port.
        port: u16,
        /// Why not. It is in the text already, so it is not a source.
        why: io::Error,
    },
    /// The system refused something.
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
}

/// Runs learn mode until the learner ends it, and with it the program.
///
/// # Errors
/// When it cannot begin.
pub fn run(course: Course, settings: Settings) -> Result<Infallible, LearnError> {
    // What other threads have started by then ends with the program.
    begin(course, settings).inspect_err(|_| interrupt::clean_up())
}

fn begin(course: Course, settings: Settings) -> Result<Infallible, LearnError> {
    let listener = server::listen(settings.port).map_err(|why| LearnError::Port {
        port: settings.port.unwrap_or(server::PORT),
        why,
    })?;
    let port = listener.local_addr()?.port();
    let random = |error: getrandom::Error| io::Error::other(error.to_string());
    let token = guard::new_token().map_err(random)?;
    let key = guard::key_of(&course.target()).map_err(random)?;
    // By itself: beside it, on two processors, the crates would make the book late and be no sooner.
    let program = book::Program::get(&course, Audience::Terminal)?;
    let desk = Arc::new(desk(course, &token, settings.editor)?);
    // Noted before anything can be saved.
    let watch = Watch::new(desk.course.clone(), desk.board.read(names));
    let begun = desk.board.read(begun);
    begun.iter().for_each(|id| desk.queue.grade_when_idle(id));
    let watching = Arc::clone(&desk);
    let (book_changed, changes) = mpsc::channel();
    start("watch", move || {
        watch.run(|changed| match changed {
            Changed::Drill(id, since) => watching.queue.grade_now(id, Some(since)),
            // Sending fails only when the program ends.
            Changed::Book => drop(book_changed.send(())),
        })
    })?;
    let grading = Arc::clone(&desk);
    start("grading", move || grading::run(&grading))?;

    let shelf = Arc::new(Shelf::default());
    serve(
        &desk,
        &shelf,
        Guard::new(port, token.clone(), key.clone()),
        listener,
    )?;
    // The other threads may begin meanwhile; a request for the book is told to wait a moment.
    let builder = Builder::new(Arc::clone(&desk), shelf, token, program);
    builder.build()?;
    start("book", move || builder.run(&changes))?;
    let address = format!("http://127.0.0.1:{port}/?key={key}");
    let end = match plain::is_a_terminal() {
        true => terminal::run(&desk, &address, settings.open)?,
        false => plain::run(&desk, &address, settings.open),
    };
    // Everything that runs at this moment ends with the program.
    interrupt::end(match end {
        End::Quit => 0,
        End::Interrupted => interrupt::EXIT_CODE,
    })
}

/// Opens a page in the browser, and tells the learner what to do if that fails. It
/// runs on a thread of its own, because some openers take their time to fail.
fn browse(address: &str, tell: impl FnOnce(String) + Send + 'static) -> io::Result<()> {
    let address = address.to_owned();
    start("browser", move || {
        if open::that_detached_with_timeout(&address, OPENED).is_err() {
            tell(format!(
                "no browser could be started; open {address} in one"
            ));
        }
    })
}

/// The ids of all drills in all languages.
fn names(state: &State) -> Vec<String> {
    state.drills.iter().map(|drill| drill.id.clone()).collect()
}

/// Those that are graded without being asked for: every drill in Rust, and what was begun
/// in another language.
fn begun(state: &State) -> Vec<String> {
    let listed = state.drills.iter().filter(|drill| drill.is_listed());
    listed.map(|drill| drill.id.clone()).collect()
}

/// What a verdict calls the learner's own submission: its folder in the course.
fn submission_of(id: &str) -> String {
    format!("exercises/{id}")
}

/// The desk of a course, with the learner's remembered state.
fn desk(course: Course, token: &str, editor: Option<Editor>) -> Result<Desk, LearnError> {
    let graded = graded(&course)?;
    // A failure to write is reported when there is something to lose.
    let begun = Learner::change_quietly(&course, |learner| {
        learner.follow_renames(&course);
        graded.iter().for_each(|slug| learner.begin(&course, slug));
    });
    let mut drills = Vec::new();
    for drill in graded.iter().filter_map(|slug| drills::find(slug)) {
        let is_there = |language: &Language| {
            language.is_rust() || course.solutions_in(drill.slug(), *language).is_dir()
        };
        let languages = Language::ALL.into_iter();
        for language in languages.filter(|it| drills::is_in(drill, *it) && is_there(it)) {
            drills.push(blank(&course, drill, language, editor.as_ref())?);
        }
    }
    let state = State {
        course: book::title(&course),
        grader: env!("CARGO_PKG_VERSION").to_owned(),
        token: token.to_owned(),
        book: BookNow::default(),
        prepare: Prepare {
            phase: PreparePhase::Waiting,
            done: 0,
            total: 0,
            words: String::new(),
        },
        drills,
    };
    let desk = Desk::new(course, Board::new(state), editor);
    let all = desk.board.read(names);
    all.iter().for_each(|id| desk.show_progress(id));
    if let Ok(((), Some(word))) = begun {
        desk.say(word);
    }
    Ok(desk)
}

/// The drills that can be graded, in the course's order; then those whose folder is
/// missing now and may come back.
fn graded(course: &Course) -> Result<Vec<String>, CourseError> {
    let mut slugs = course.slugs()?;
    let all = drills::ALL.iter().map(|drill| drill.slug());
    let missing = all.filter(|slug| course.solution_dir(slug).is_dir());
    for slug in missing {
        if !slugs.iter().any(|known| known == slug) {
            slugs.push(slug.to_owned());
        }
    }
    slugs.retain(|slug| drills::find(slug).is_some());
    Ok(slugs)
}

/// A drill in a language, of which nothing is known but whether it can be graded here.
fn blank(
    course: &Course,
    drill: &dyn Drill,
    language: Language,
    editor: Option<&Editor>,
) -> Result<DrillNow, CourseError> {
    let slug = drill.slug();
    let title = match course.exercise(slug) {
        Ok(exercise) => exercise.title,
        Err(CourseError::NoDrill { .. }) => slug.to_owned(),
        Err(error) => return Err(error),
    };
    let hints = course.hints_in(slug, language).unwrap_or_default();
    let file = course.file_in(slug, language);
    let open = editor.map(|editor| editor.link(&course.root().join(&file), 1, 1));
    let trouble = interpreter::trouble(language);
    Ok(DrillNow {
        id: language.of_drill(slug),
        language,
        spoken: language.to_string(),
        slug: slug.to_owned(),
        title,
        page: format!("{slug}.html"),
        file,
        phase: match trouble {
            None => Phase::Waiting,
            Some(_) => Phase::Error,
        },
        run: 0,
        verdict: None,
        words: trouble.unwrap_or_default(),
        hints: Vec::new(),
        more_hints: !hints.is_empty(),
        passed: false,
        best: 0,
        max: drill.checks().iter().map(|check| check.points).sum(),
        first_passed_at: None,
        worked_seconds: 0,
        minutes: 0,
        changed_upstream: false,
        started: false,
        errors: Vec::new(),
        open,
        next: None,
        took_ms: None,
    })
}

fn serve(
    desk: &Arc<Desk>,
    shelf: &Arc<Shelf>,
    guard: Guard,
    listener: TcpListener,
) -> io::Result<()> {
    let server = Server {
        guard,
        shelf: Arc::clone(shelf),
        board: Arc::clone(&desk.board),
        requests: Requests::new(Arc::clone(desk)),
    };
    start("server", move || server.serve(listener))
}

fn start<T: Send + 'static>(
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> io::Result<()> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(run).map(drop)
}
