//! The terminal's side of learn mode: the same verdicts as in the page, and keys.

mod screen;
mod view;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::broadcast::error::RecvError;

use super::desk::Desk;
use super::state::Phase;
use crate::stub::PutBack;
use screen::Screen;
use view::{Looking, Show};

/// What happened.
enum Happened {
    /// A key, or another size of the window.
    Here(Event),
    /// Something is known that was not.
    News,
    /// There is no more input.
    Over,
}

/// How the learner ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With the key for it.
    Quit,
    /// With Ctrl-C, or by closing the terminal.
    Interrupted,
}

/// What the learner looks at.
struct Viewer<'a> {
    desk: &'a Desk,
    address: &'a str,
    drill: usize,
    looking: Looking,
    scrolled: usize,
    furthest: usize,
    word: String,
    /// Gradings seen of each drill.
    runs: Vec<u64>,
}

/// Shows what happens and obeys keys, until the learner ends it.
///
/// # Errors
/// When the terminal cannot be had.
pub(super) fn run(desk: &Arc<Desk>, address: &str, word: String) -> io::Result<End> {
    let (sender, happened) = mpsc::channel();
    let screen = Screen::take()?;
    listen(desk, sender.clone());
    std::thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || read_keys(&sender))?;
    let mut viewer = Viewer {
        desk,
        address,
        drill: desk.board.read(|state| {
            let open = state.drills.iter().position(|drill| !drill.passed);
            open.unwrap_or(0)
        }),
        looking: Looking::Drill,
        scrolled: 0,
        furthest: 0,
        word,
        runs: desk
            .board
            .read(|state| state.drills.iter().map(|it| it.run).collect()),
    };
    viewer.draw(&screen)?;
    loop {
        let end = viewer.obey(&screen, next(&happened))?;
        // All that has happened meanwhile is drawn at once.
        let mut end = end;
        while let (None, Ok(more)) = (end, happened.try_recv()) {
            end = viewer.obey(&screen, more)?;
        }
        if let Some(end) = end {
            return Ok(end);
        }
        viewer.draw(&screen)?;
    }
}

fn next(happened: &Receiver<Happened>) -> Happened {
    happened.recv().unwrap_or(Happened::Over)
}

fn listen(desk: &Arc<Desk>, sender: Sender<Happened>) {
    let (_, mut news) = desk.board.listen();
    std::thread::spawn(move || {
        loop {
            match news.blocking_recv() {
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
            if sender.send(Happened::News).is_err() {
                return;
            }
        }
    });
}

fn read_keys(sender: &Sender<Happened>) {
    while let Ok(event) = crossterm::event::read() {
        if sender.send(Happened::Here(event)).is_err() {
            return;
        }
    }
    let _ = sender.send(Happened::Over);
}

impl Viewer<'_> {
    fn draw(&mut self, screen: &Screen) -> io::Result<()> {
        if let Some(words) = screen::last_words() {
            self.word = words;
        }
        let (width, height) = screen.size();
        let show = Show {
            address: self.address,
            drill: self.drill,
            looking: &self.looking,
            scrolled: self.scrolled,
            word: &self.word,
        };
        let desk = self.desk;
        let (lines, furthest) = desk
            .board
            .read(|state| view::screen(state, &show, width, height));
        self.furthest = furthest;
        self.scrolled = self.scrolled.min(furthest);
        screen.draw(&lines)
    }

    fn obey(&mut self, screen: &Screen, happened: Happened) -> io::Result<Option<End>> {
        match happened {
            Happened::Over => Ok(Some(End::Interrupted)),
            Happened::News => {
                self.follow();
                Ok(None)
            }
            Happened::Here(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                self.press(screen, key)
            }
            Happened::Here(_) => Ok(None),
        }
    }

    /// Looks at the drill whose grading has just begun, once it was saved.
    fn follow(&mut self) {
        let runs: Vec<(u64, Phase)> = self
            .desk
            .board
            .read(|state| state.drills.iter().map(|it| (it.run, it.phase)).collect());
        for (number, (run, phase)) in runs.into_iter().enumerate() {
            // The first grading of each is not because of a save.
            if run > self.runs[number] && run > 1 && phase == Phase::Grading {
                if number != self.drill {
                    self.look_at(number);
                } else if self.looking != Looking::Reset {
                    self.look(Looking::Drill);
                }
            }
            self.runs[number] = run;
        }
    }

    fn look_at(&mut self, drill: usize) {
        self.drill = drill;
        self.look(Looking::Drill);
    }

    fn look(&mut self, looking: Looking) {
        self.looking = looking;
        self.scrolled = 0;
    }

    fn slug(&self) -> String {
        let slug = |state: &super::state::State| {
            let drill = state.drills.get(self.drill);
            drill.map(|drill| drill.slug.clone())
        };
        self.desk.board.read(slug).unwrap_or_default()
    }

    fn press(&mut self, screen: &Screen, key: KeyEvent) -> io::Result<Option<End>> {
        self.word.clear();
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c' | 'd') => return Ok(Some(End::Interrupted)),
                KeyCode::Char('z') => return self.sleep(screen).map(|()| None),
                _ => return Ok(None),
            }
        }
        if self.looking == Looking::Reset {
            self.look(Looking::Drill);
            if matches!(key.code, KeyCode::Char('y' | 'Y')) {
                self.reset();
            }
            return Ok(None);
        }
        let drills = self.runs.len();
        if let Looking::List(marked) = self.looking {
            match key.code {
                KeyCode::Up | KeyCode::Char('k') => {
                    self.look(Looking::List(marked.saturating_sub(1)));
                    return Ok(None);
                }
                KeyCode::Down | KeyCode::Char('j') => {
                    let last = drills.saturating_sub(1);
                    self.look(Looking::List((marked + 1).min(last)));
                    return Ok(None);
                }
                KeyCode::Enter => {
                    self.look_at(marked);
                    return Ok(None);
                }
                _ => {}
            }
        }
        match key.code {
            KeyCode::Char('q') => return Ok(Some(End::Quit)),
            KeyCode::Esc => self.look(Looking::Drill),
            KeyCode::Char('n') => self.look_at((self.drill + 1) % drills.max(1)),
            KeyCode::Char('l') => self.look(match self.looking {
                Looking::List(_) => Looking::Drill,
                _ => Looking::List(self.drill),
            }),
            KeyCode::Char('h') => self.hint(),
            KeyCode::Char('p') => self.replay(),
            KeyCode::Char('r') => self.look(Looking::Reset),
            KeyCode::Char('o') => self.open(),
            KeyCode::Up | KeyCode::Char('k') => self.scrolled = self.scrolled.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => {
                self.scrolled = (self.scrolled + 1).min(self.furthest);
            }
            KeyCode::PageUp => self.scrolled = self.scrolled.saturating_sub(10),
            KeyCode::PageDown | KeyCode::Char(' ') => {
                self.scrolled = (self.scrolled + 10).min(self.furthest);
            }
            _ => {}
        }
        Ok(None)
    }

    fn hint(&mut self) {
        // The first time those that were shown before are enough.
        let slug = self.slug();
        let known = self.desk.board.drill(&slug, |drill| drill.hints.len());
        let again = self.looking == Looking::Hints;
        if (again || known == Some(0))
            && let Err(refused) = self.desk.hint(&slug)
        {
            self.word = refused.to_string();
        }
        if !again {
            self.look(Looking::Hints);
        }
    }

    fn replay(&mut self) {
        let count = |drill: &super::state::DrillNow| view::told(drill).len();
        let told = self.desk.board.drill(&self.slug(), count).unwrap_or(0);
        let next = match self.looking {
            Looking::Schedule(number) => (number + 1) % told.max(1),
            _ => 0,
        };
        match told {
            0 => self.word = "no schedule fails".to_owned(),
            _ => self.look(Looking::Schedule(next)),
        }
    }

    fn reset(&mut self) {
        let slug = self.slug();
        self.word = match self.desk.reset(&slug) {
            Ok(PutBack::Already) => "it is the stub already".to_owned(),
            Ok(PutBack::Done(Some(backup))) => {
                let root = self.desk.course.root();
                let backup = backup.strip_prefix(root).unwrap_or(&backup);
                format!(
                    "the stub is back; what you had is in `{}`",
                    backup.display()
                )
            }
            Ok(PutBack::Done(None)) => "the stub is back".to_owned(),
            Err(refused) => refused.to_string(),
        };
    }

    fn open(&mut self) {
        let page = self
            .desk
            .board
            .drill(&self.slug(), |drill| drill.page.clone());
        let page = format!("{}{}", self.address, page.unwrap_or_default());
        if let Err(words) = super::browse(&page) {
            self.word = words;
        }
    }

    /// What Ctrl-Z does to other programs.
    fn sleep(&self, screen: &Screen) -> io::Result<()> {
        screen.suspend();
        let me = rustix::process::getpid();
        rustix::process::kill_process(me, rustix::process::Signal::TSTP)?;
        screen.resume()
    }
}
