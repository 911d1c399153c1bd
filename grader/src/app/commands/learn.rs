//! `learn`: the book beside the editor, every save graded.

use anyhow::Result;

use super::Exit;
use crate::app::cli::Learn;
use crate::course::Course;
use crate::learn::editor::Editor;
use crate::learn::{self, Settings};

pub(super) fn run(course: Course, args: &Learn) -> Result<Exit> {
    let editor = match &args.editor {
        // An empty variable names no editor.
        Some(name) if !name.is_empty() => Editor::named(name)?,
        _ => Editor::guessed(|name| std::env::var_os(name)),
    };
    let settings = Settings {
        port: args.port,
        open: args.open,
        editor,
    };
    match learn::run(course, settings)? {}
}
