//! A submission in Python: one file, alone or as `SLUG.py` in a folder.
//!
//! Nothing beside that file is read: tests, notes and helpers that a learner keeps there are
//! no part of what is graded.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::caps::Caps;
use super::error::{Fault, SubmissionError};
use super::name::plain_file_name;
use super::single::open;
use super::sources::Tree;
use super::wanted::Wanted;

/// The endings of a Python file: some editors on Windows save it as text.
const ENDINGS: [&str; 2] = [".py", ".py.txt"];

/// How long the ending of a Python file's name is.
pub(super) fn ending(name: &str) -> Option<usize> {
    let lower = name.to_ascii_lowercase();
    let mut endings = ENDINGS.into_iter().filter(|end| lower.ends_with(end));
    endings.next().map(str::len)
}

/// The file in a folder that is the wanted drill's, where the folder holds no crate.
pub(super) fn within(folder: &Path, wanted: &Wanted<'_>) -> Option<PathBuf> {
    let slug = wanted.drill?;
    let has_rust = ["src/lib.rs", "lib.rs", "src"].map(|name| folder.join(name).exists());
    if has_rust.contains(&true) {
        return None;
    }
    let place = |name: String| folder.join(name);
    let mut places = [
        place(format!("{slug}.py")),
        place(format!("python/{slug}.py")),
    ]
    .into_iter();
    places.find(|path| path.is_file())
}

/// Reads the file at `path`.
pub(super) fn read(path: &Path, caps: &Caps) -> Result<Tree, SubmissionError> {
    let rejected = |fault| SubmissionError::rejected(path, fault);
    let (file, size) = open(path)?;
    let too_much = |size| {
        let limit = caps.bytes;
        rejected(Fault::TooMuchSource { size, limit })
    };
    if size > caps.bytes {
        return Err(too_much(size));
    }
    let mut bytes = Vec::new();
    // What is said to fit is not believed.
    let read = file
        .take(caps.bytes.saturating_add(1))
        .read_to_end(&mut bytes);
    read.map_err(|why| SubmissionError::at(path, why))?;
    if bytes.len() as u64 > caps.bytes {
        return Err(too_much(bytes.len() as u64));
    }
    let text = String::from_utf8(bytes).map_err(|_| rejected(Fault::NotUtf8))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = &name[..name.len() - ending(&name).unwrap_or(0)];
    let plain = plain_file_name(stem);
    let root = format!("{}.py", plain.strip_suffix(".rs").unwrap_or(&plain));
    Ok(Tree {
        files: BTreeMap::from([(root.clone(), text)]),
        root,
        included: BTreeMap::new(),
    })
}
