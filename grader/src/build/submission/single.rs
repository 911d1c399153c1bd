//! A submission that is one file on disk: how any such file is opened, and a lone file of code.
//!
//! [`open`] never waits: a named pipe put where a file should be is refused, not read from.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};

use super::Form;
use super::caps::Caps;
use super::error::{Fault, SubmissionError};
use super::name::plain_file_name;
use super::one_file;
use super::sources::{Sources, Tree};

/// Reads a lone file of code.
pub(super) fn read(path: &Path, caps: &Caps) -> Result<Tree, SubmissionError> {
    let (file, size) = open(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let root = match Form::of(&name) {
        Some((Form::Code(language), _)) if !language.is_rust() => one_file::root(&name, language),
        form => plain_file_name(form.map_or(&name, |(_, stem)| stem)),
    };
    let mut sources = Sources::with_root(&root, caps);
    let taken = sources.take(&root, size, file);
    taken.map_err(|stop| SubmissionError::stopped(path, stop))?;
    let tree = sources.into_tree(&root).map_err(|fault| match fault {
        // There is only one file to choose.
        Fault::FileNotUtf8 { .. } => Fault::NotUtf8,
        fault => fault,
    });
    tree.map_err(|fault| SubmissionError::rejected(path, fault))
}

/// Opens a regular file and returns its size. A link is followed, because only the caller's own path may be one.
pub(super) fn open(path: &Path) -> Result<(File, u64), SubmissionError> {
    let unreadable = |why| SubmissionError::at(path, why);
    // The kind is checked before opening, because opening some devices has effects.
    let met = rustix::fs::stat(path).map_err(|why| unreadable(why.into()))?;
    if let Some(what) = not_plain(FileType::from_raw_mode(met.st_mode)) {
        return Err(SubmissionError::rejected(path, Fault::NotAFile { what }));
    }
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty());
    let file = File::from(file.map_err(|why| unreadable(why.into()))?);
    let size = file.metadata().map_err(unreadable)?.len();
    Ok((file, size))
}

/// The name for something that is neither a file nor a folder.
pub(super) fn not_plain(kind: FileType) -> Option<&'static str> {
    match kind {
        FileType::RegularFile | FileType::Directory => None,
        FileType::Symlink => Some("a symbolic link"),
        FileType::Fifo => Some("a named pipe"),
        FileType::Socket => Some("a socket"),
        FileType::CharacterDevice | FileType::BlockDevice => Some("a device"),
        _ => Some("something of an unknown kind"),
    }
}
