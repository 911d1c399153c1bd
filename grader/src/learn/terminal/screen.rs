//! The terminal itself: taken over, drawn on, and given back unchanged, however the
//! program ends.

use std::io::{self, Write};
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::ColorChoice;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap,
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode, size,
};

use super::view::Line;
use crate::drive::interrupt;

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The message of a thread that panicked, to be shown when there is room for it.
static LAST_WORDS: Mutex<Option<String>> = Mutex::new(None);

/// The terminal, ours until this is dropped.
#[derive(Debug)]
pub(super) struct Screen {
    colours: bool,
}

impl Screen {
    /// Takes the terminal over. It is given back on a panic and on every signal as well.
    pub(super) fn take() -> io::Result<Screen> {
        let colours = anstream::AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        interrupt::at_last(give_back);
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if std::thread::current().name() == Some("main") {
                give_back();
                usual(panic);
            } else {
                keep(panic);
            }
        }));
        let screen = Screen { colours };
        screen.retake()?;
        Ok(screen)
    }

    /// Takes it over again from the program that had it meanwhile.
    pub(super) fn retake(&self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        // A process in the background is stopped here, before anything is written. The
        // settings are set even if they seem to be set already.
        disable_raw_mode()?;
        enable_raw_mode()?;
        let mut text = Vec::new();
        queue!(text, EnterAlternateScreen, Hide, DisableLineWrap)?;
        write(&text)
    }

    /// Gives it back until [`Screen::retake`].
    pub(super) fn give_back(&self) {
        give_back();
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (usize, usize) {
        let (columns, rows) = size().unwrap_or((80, 24));
        (usize::from(columns), usize::from(rows))
    }

    /// Draws all lines of the screen, from the top.
    pub(super) fn draw(&self, lines: &[Line]) -> io::Result<()> {
        let mut text = Vec::new();
        queue!(text, BeginSynchronizedUpdate)?;
        for (row, line) in (0..).zip(lines) {
            // Cleared first: after a line as wide as the screen, the cursor is on its last
            // letter.
            queue!(text, MoveTo(0, row), Clear(ClearType::CurrentLine))?;
            for span in line {
                match self.colours {
                    true => write!(text, "{}{}{:#}", span.style, span.text, span.style)?,
                    false => queue!(text, Print(&span.text))?,
                }
            }
        }
        queue!(text, EndSynchronizedUpdate)?;
        write(&text)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// The last message of a thread that panicked.
pub(super) fn last_words() -> Option<String> {
    let mut words = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    words.take()
}

fn keep(panic: &PanicHookInfo<'_>) {
    let mut words = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    *words = Some(format!("a part of the grader failed: {panic}"));
}

/// Gives the terminal back, once.
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut text = Vec::new();
    // Nobody is left to be told of a failure.
    let _ = queue!(text, EnableLineWrap, Show, LeaveAlternateScreen);
    let _ = write(&text);
    let _ = disable_raw_mode();
}

/// Bypasses the standard library's buffer and its lock, because another thread may
/// hold it.
fn write(mut text: &[u8]) -> io::Result<()> {
    while !text.is_empty() {
        match rustix::io::write(rustix::stdio::stdout(), text) {
            Ok(written) => text = &text[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => std::thread::yield_now(),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
