//! The learner at the terminal: what is looked at, and what each key does.
//!
//! Its main type is [`Viewer`]. It asks the desk to do things, and draws what
//! `view.rs` makes of the state.

use std::io;
use std::sync::mpsc::Sender;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use rustix::process::{Signal, kill_current_process_group};

use super::screen::{self, Screen};
use super::view::{self, Looking, Show};
use super::{End, Happened};
use crate::learn::browse;
use crate::learn::desk::Desk;
use crate::learn::put_back::PutBack;
use crate::learn::state::{DrillNow, Phase, State};

/// The learner's view, and what draws it.
pub(super) struct Viewer<'a> {
    desk: &'a Desk,
    address: &'a str,
    drill: usize,
    looking: Looking,
    scrolled: usize,
    furthest: usize,
    word: String,
    sender: Sender<Happened>,
    /// What was reported of the book.
    book: String,
    /// Gradings seen of each drill.
    runs: Vec<u64>,
    /// Those of each that come from no save: the first one, of what was begun before.
    unasked: Vec<u64>,
}

impl<'a> Viewer<'a> {
    /// A viewer that looks at the first drill not yet passed. Later failures are sent
    /// to `sender`.
    pub(super) fn new(desk: &'a Desk, address: &'a str, sender: Sender<Happened>) -> Viewer<'a> {
        let (drill, runs) = desk.board.read(|state| {
            let mut drills = state.drills.iter();
            let open = drills.position(|drill| !state.has_passed(&drill.slug));
            let runs = state.drills.iter().map(|drill| drill.run).collect();
            (open.unwrap_or(0), runs)
        });
        let unasked = desk.board.read(|state| {
            let listed = state.drills.iter().map(DrillNow::is_listed);
            listed.map(u64::from).collect()
        });
        Viewer {
            desk,
            address,
            drill,
            looking: Looking::Drill,
            scrolled: 0,
            furthest: 0,
            word: String::new(),
            sender,
            book: String::new(),
            runs,
            unasked,
        }
    }

    /// Draws the present view.
    pub(super) fn draw(&mut self, screen: &Screen) -> io::Result<()> {
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

    /// Handles an event; returns how the learner ended it, if they did.
    pub(super) fn obey(&mut self, screen: &Screen, happened: Happened) -> io::Result<Option<End>> {
        match happened {
            Happened::Over => Ok(Some(End::Interrupted)),
            Happened::News => {
                self.follow();
                self.hear_of_book();
                Ok(None)
            }
            Happened::Word(words) => {
                self.word = words;
                Ok(None)
            }
            Happened::Awake => {
                // The shell that stopped us may have changed it.
                screen.retake()?;
                self.desk.queue.restart_current();
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
            let is_asked = run > self.unasked[number];
            if run > self.runs[number] && is_asked && phase == Phase::Grading {
                if number != self.drill {
                    self.look_at(number);
                } else if self.looking != Looking::Reset {
                    self.look(Looking::Drill);
                }
            }
            self.runs[number] = run;
        }
    }

    /// Reports once that the book could not be built, for as long as that is so.
    fn hear_of_book(&mut self) {
        let words = self.desk.board.read(|state| state.book.words.clone());
        if words != self.book {
            if !words.is_empty() || self.word == self.book {
                self.word.clone_from(&words);
            }
            self.book = words;
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

    fn id(&self) -> String {
        let id = |state: &State| {
            let drill = state.drills.get(self.drill);
            drill.map(|drill| drill.id.clone())
        };
        self.desk.board.read(id).unwrap_or_default()
    }

    /// The drill in the list that is `step` away from another one, as far as the list goes.
    fn listed(&self, from: usize, step: isize) -> Option<usize> {
        let is_listed = |at: &usize| {
            let listed = |state: &State| state.drills.get(*at).is_some_and(DrillNow::is_listed);
            self.desk.board.read(listed)
        };
        let mut ends = (0..self.runs.len()).filter(is_listed);
        match step {
            ..0 => ends.rfind(|at| *at < from),
            _ => ends.find(|at| *at > from),
        }
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
                    self.look(Looking::List(self.listed(marked, -1).unwrap_or(marked)));
                    return Ok(None);
                }
                KeyCode::Down | KeyCode::Char('j') => {
                    self.look(Looking::List(self.listed(marked, 1).unwrap_or(marked)));
                    return Ok(None);
                }
                KeyCode::Home | KeyCode::Char('g') => {
                    self.look(Looking::List(0));
                    return Ok(None);
                }
                KeyCode::End | KeyCode::Char('G') => {
                    self.look(Looking::List(self.listed(drills, -1).unwrap_or(0)));
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
            KeyCode::Char('n') => self.look_at(self.listed(self.drill, 1).unwrap_or(0)),
            KeyCode::Char('l') => self.look(match self.looking {
                Looking::List(_) => Looking::Drill,
                _ => Looking::List(self.drill),
            }),
            KeyCode::Char('h') => self.hint(),
            KeyCode::Char('p') => self.replay(),
            KeyCode::Char('r') => self.look(Looking::Reset),
            KeyCode::Char('o') => self.open()?,
            KeyCode::Up | KeyCode::Char('k') => self.scrolled = self.scrolled.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => {
                self.scrolled = (self.scrolled + 1).min(self.furthest);
            }
            KeyCode::Char('?') => self.look(match self.looking {
                Looking::Keys => Looking::Drill,
                _ => Looking::Keys,
            }),
            KeyCode::Home | KeyCode::Char('g') => self.scrolled = 0,
            KeyCode::End | KeyCode::Char('G') => self.scrolled = self.furthest,
            KeyCode::PageUp => self.scrolled = self.scrolled.saturating_sub(10),
            KeyCode::PageDown | KeyCode::Char(' ') => {
                self.scrolled = (self.scrolled + 10).min(self.furthest);
            }
            _ => {}
        }
        Ok(None)
    }

    fn hint(&mut self) {
        // The first time, the hints that were shown before are enough.
        let id = self.id();
        let known = self.desk.board.drill(&id, |drill| drill.hints.len());
        let again = self.looking == Looking::Hints;
        if (again || known == Some(0))
            && let Err(refused) = self.desk.hint(&id)
        {
            self.word = refused.to_string();
        }
        if !again {
            self.look(Looking::Hints);
        }
    }

    fn replay(&mut self) {
        let count = |drill: &DrillNow| view::checks_shown(drill).len();
        let told = self.desk.board.drill(&self.id(), count).unwrap_or(0);
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
        let id = self.id();
        self.word = match self.desk.reset(&id) {
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

    fn open(&self) -> io::Result<()> {
        let page = |drill: &DrillNow| drill.page.clone();
        let page = self.desk.board.drill(&self.id(), page);
        self.browse(&page.unwrap_or_default())
    }

    /// Opens a page of the book.
    pub(super) fn browse(&self, page: &str) -> io::Result<()> {
        let sender = self.sender.clone();
        browse(&page_at(self.address, page), move |words| {
            // When the program ends, nobody listens any more.
            let _ = sender.send(Happened::Word(words));
        })
    }

    /// Does what Ctrl-Z does to other programs: stops everything that the shell knows as
    /// one job. If no shell could continue it, the system ignores this.
    fn sleep(&self, screen: &Screen) -> io::Result<()> {
        // Otherwise a grading would seem to take as long as we are suspended.
        self.desk.queue.restart_current();
        screen.give_back();
        kill_current_process_group(Signal::TSTP)?;
        screen.retake()
    }
}

/// The address of a page, from the address of the book, which ends with the key.
fn page_at(address: &str, page: &str) -> String {
    match address.split_once('?') {
        Some((book, key)) => format!("{book}{page}?{key}"),
        None => format!("{address}{page}"),
    }
}
