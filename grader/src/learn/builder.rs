//! Building the book: at the beginning, and again whenever its files have changed.
//!
//! Its main type is [`Builder`]. It puts the book on the shelf, from which the server
//! takes every page. If the files do not make a book, the last one stays there.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use super::LearnError;
use super::desk::Desk;
use super::site::{Shelf, Site};
use crate::drive::interrupt::Folder;
use crate::learn::book::Program;
use play::text::one_line;

/// Builds the book of a course.
#[derive(Debug)]
pub(super) struct Builder {
    desk: Arc<Desk>,
    shelf: Arc<Shelf>,
    token: String,
    program: Program,
}

impl Builder {
    /// A builder for `shelf` that puts `token` into every page.
    pub(super) fn new(
        desk: Arc<Desk>,
        shelf: Arc<Shelf>,
        token: String,
        program: Program,
    ) -> Builder {
        Builder {
            desk,
            shelf,
            token,
            program,
        }
    }

    /// Builds the book in a temporary folder, and has it served from memory.
    ///
    /// # Errors
    /// When the files do not make a book, or the disk is full.
    pub(super) fn build(&self) -> Result<(), LearnError> {
        let course = &self.desk.course;
        let folder = Folder::below(&course.target().join("grader/learn"))?;
        self.program.build(course, Some(folder.path()))?;
        let site = Site::read(folder.path(), &self.token)?;
        self.desk.board.change_book(|book| {
            site.edition().clone_into(&mut book.edition);
            book.words.clear();
            // Under one lock, so that no page is told of an edition other than its own.
            self.shelf.put(site);
        });
        Ok(())
    }

    /// Builds it again for every change, until the program ends.
    pub(super) fn run(&self, changes: &Receiver<()>) {
        while changes.recv().is_ok() {
            // One build is enough for all that changed so far.
            while changes.try_recv().is_ok() {}
            let Err(why) = self.build() else { continue };
            let words = one_line(&why.to_string(), 2_000);
            let words = format!("the book stays as it was: {words}");
            self.desk.board.change_book(|book| book.words = words);
        }
    }
}
