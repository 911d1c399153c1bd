//! The terminal's side of learn mode: the same verdicts as in the page, and keys.
//!
//! Events come from three threads, for keys, signals and news; the thread that called
//! [`run`] draws everything.

mod screen;
mod view;
mod viewer;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use crossterm::event::{self, Event};
use signal_hook::consts::SIGCONT;
use signal_hook::iterator::Signals;
use tokio::sync::broadcast::error::RecvError;

use super::desk::Desk;
use super::start;
use screen::Screen;
use viewer::Viewer;

/// An event.
enum Happened {
    /// A key, or a new size of the window.
    Here(Event),
    /// There is news on the board.
    News,
    /// An action that was begun here failed.
    Word(String),
    /// The process was stopped and continues.
    Awake,
    /// There is no more input.
    Over,
}

/// How the learner ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With its key.
    Quit,
    /// With Ctrl-C, or by closing the terminal.
    Interrupted,
}

/// Shows the state and obeys keys, until the learner ends it.
///
/// # Errors
/// When the terminal is not available.
pub(super) fn run(desk: &Arc<Desk>, address: &str, open: bool) -> io::Result<End> {
    let (sender, happened) = mpsc::channel();
    let screen = Screen::take()?;
    // All listeners start before the first look, also that for the window's size,
    // so that no later change is missed.
    event::poll(Duration::ZERO)?;
    let signals = Signals::new([SIGCONT])?;
    listen(desk, sender.clone())?;
    let waking = sender.clone();
    start("signals", move || await_signals(signals, &waking))?;
    let keys = sender.clone();
    start("keys", move || read_keys(&keys))?;
    let mut viewer = Viewer::new(desk, address, sender);
    if open {
        viewer.browse("")?;
    }
    viewer.draw(&screen)?;
    loop {
        let mut end = viewer.obey(&screen, next(&happened))?;
        // All events up to now are drawn at once.
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

fn listen(desk: &Arc<Desk>, sender: Sender<Happened>) -> io::Result<()> {
    let (_, mut news) = desk.board.listen(|_| ());
    start("news", move || {
        loop {
            match news.blocking_recv() {
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
            if sender.send(Happened::News).is_err() {
                return;
            }
        }
    })
}

fn await_signals(mut signals: Signals, sender: &Sender<Happened>) {
    for _ in signals.forever() {
        if sender.send(Happened::Awake).is_err() {
            return;
        }
    }
}

fn read_keys(sender: &Sender<Happened>) {
    while let Ok(event) = event::read() {
        if sender.send(Happened::Here(event)).is_err() {
            return;
        }
    }
    let _ = sender.send(Happened::Over);
}
