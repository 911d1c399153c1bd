//! A submission in memory: the Rust files of one crate and the files they include, bounded in number and size.
//!
//! [`Submission::read_for`] takes a folder, one `.rs` file or an archive, all of them untrusted, and finds the crate
//! in it. Nothing else of theirs is ever read (no manifest, no build script), no link is followed, nothing is
//! unpacked to disk, and no size a header states is believed. Files that are not taken are no problem. The error
//! says who is at fault: see [`SubmissionError::is_rejection`].

mod archive;
mod caps;
mod container;
mod error;
mod folder;
mod format;
mod included;
mod layout;
mod listing;
mod name;
mod one_file;
mod parts;
mod seven;
mod single;
mod sources;
mod tarball;
mod wanted;
mod zipped;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::course::language::Language;

pub use caps::Caps;
pub use error::{Fault, HAND_IN, SubmissionError};
pub use parts::Part;
pub use wanted::{Shipped, Wanted};

use archive::Archive;
use container::{Container, gather};
use folder::Folder;
use layout::Choice;
use listing::Listing;
use sources::Tree;

/// Where the root file of a crate is, and where a lone `.rs` file counts as being.
const CRATE_ROOT: &str = "src/lib.rs";

/// A submission: the Rust files of one crate and the files they include. Nothing else of a learner's is ever
/// looked at.
#[derive(Debug, Clone)]
pub struct Submission {
    path: PathBuf,
    tree: Tree,
    sha256: String,
}

/// The form of a hand-in, judged by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A file of code.
    Code(Language),
    /// An archive that can be read, or one that is refused with a reason.
    Archive,
}

impl Form {
    /// The form that a file's name promises, and the name without its ending.
    pub fn of(name: &str) -> Option<(Form, &str)> {
        let (form, ending) = match format::ending(name) {
            Some(ending) => (Form::Archive, ending.len()),
            None => {
                let (language, ending) = Language::of_ending(name)?;
                (Form::Code(language), ending)
            }
        };
        Some((form, name.get(..name.len() - ending)?))
    }
}

/// The drills that a folder or an archive has something for, judged by its names. Something that cannot be listed is for none.
pub fn drills_within<'a>(path: &Path, drills: &[&'a str]) -> Vec<&'a str> {
    let caps = Caps::default();
    let mut listing = Listing::new(&caps);
    let listed = with_container(path, &caps, |container| {
        container
            .list(&mut listing)
            .map_err(|stop| SubmissionError::stopped(path, stop))
    });
    match listed {
        Ok(()) => layout::drills(&listing, drills),
        Err(_) => Vec::new(),
    }
}

/// The path of the wanted submission, judged by the names in a folder: the folder of a crate, an archive, a file.
/// `path` itself if it is not a folder, or if reading it will say why not.
///
/// # Errors
/// When it holds several candidates, so that none is taken.
pub fn place_within(path: &Path, wanted: &Wanted<'_>) -> Result<PathBuf, Fault> {
    let below = match path.is_dir() {
        true => place_below(path, wanted)?,
        false => PathBuf::new(),
    };
    // A name that is not text is converted to text, and is not found by that.
    match below.as_os_str().is_empty() || !path.join(&below).exists() {
        true => Ok(path.to_owned()),
        false => Ok(path.join(below)),
    }
}

fn place_below(folder: &Path, wanted: &Wanted<'_>) -> Result<PathBuf, Fault> {
    let caps = Caps::default();
    let mut listing = Listing::new(&caps);
    let listed = Folder::open(folder).map(|mut folder| folder.list(&mut listing));
    let place = match listed {
        Ok(Ok(())) => layout::choose(&listing, wanted),
        _ => return Ok(PathBuf::new()),
    };
    match place {
        Ok(Choice::Crate(layout)) => Ok(layout.place.into()),
        Ok(Choice::Archive(path)) => Ok(path.into()),
        Err(fault @ (Fault::Several { .. } | Fault::SeveralRoots { .. })) => Err(fault),
        Err(_) => Ok(PathBuf::new()),
    }
}

/// Opens the folder or the archive at `path`.
fn with_container<T>(
    path: &Path,
    caps: &Caps,
    read: impl FnOnce(&mut dyn Container) -> Result<T, SubmissionError>,
) -> Result<T, SubmissionError> {
    let met = fs::metadata(path).map_err(|why| SubmissionError::at(path, why))?;
    if met.is_dir() {
        return read(&mut Folder::open(path)?);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if format::ending(&name).is_none() {
        return Err(SubmissionError::unknown_kind(path));
    }
    let bytes = archive::load(path, caps)?;
    let archive = Archive::open(&bytes, caps);
    let mut archive = archive.map_err(|fault| SubmissionError::rejected(path, fault))?;
    read(&mut archive)
}

impl Submission {
    /// Reads a folder, a single `.rs` file or an archive within [`Caps::default`], whatever drill it is for.
    ///
    /// # Errors
    /// As [`Submission::read_for`].
    pub fn read(path: &Path) -> Result<Submission, SubmissionError> {
        Submission::read_for(path, &Wanted::default(), &Caps::default())
    }

    /// Reads what is at `path` for the drill that is wanted, within `caps`. `path` itself may be a link; nothing below
    /// it may.
    ///
    /// # Errors
    /// [`SubmissionError::Rejected`] when what was handed in is at fault, any other kind when `path` is.
    pub fn read_for(
        path: &Path,
        wanted: &Wanted<'_>,
        caps: &Caps,
    ) -> Result<Submission, SubmissionError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_folder = fs::metadata(path).is_ok_and(|met| met.is_dir());
        let tree = match Form::of(&name) {
            Some((Form::Code(_), _)) if !is_folder => single::read(path, caps)?,
            _ => with_container(path, caps, |container| {
                let tree = gather(container, wanted, caps);
                tree.map_err(|stop| SubmissionError::stopped(&shown_as(path, is_folder), stop))
            })?,
        };
        Ok(Submission::of(path, tree))
    }

    /// Reads files that were uploaded one by one; `path` is what they are called together.
    ///
    /// # Errors
    /// As [`Submission::read_for`].
    pub fn read_parts(
        path: &Path,
        mut parts: &[Part],
        wanted: &Wanted<'_>,
        caps: &Caps,
    ) -> Result<Submission, SubmissionError> {
        let tree = gather(&mut parts, wanted, caps);
        let tree = tree.map_err(|stop| SubmissionError::stopped(path, stop))?;
        Ok(Submission::of(path, tree))
    }

    fn of(path: &Path, tree: Tree) -> Submission {
        Submission {
            path: path.to_path_buf(),
            sha256: sha256(&tree),
            tree,
        }
    }

    /// The path that it was read from, as given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file rustc starts from, a key of [`files`](Self::files): `src/lib.rs`, or a lone `.rs` file's own name in
    /// plain characters.
    pub fn root_file(&self) -> &str {
        &self.tree.root
    }

    /// The language it is written in.
    pub fn language(&self) -> Language {
        Language::of_file(&self.tree.root)
    }

    /// Relative path, with `/` and no `.`, `..` or link in it, to text.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.tree.files
    }

    /// The same, with its root file called `src/lib.rs`, as in a crate folder. Submissions with the same hash
    /// then show the same to rustc.
    #[must_use]
    pub fn as_crate(mut self) -> Submission {
        if self.language() != Language::Rust {
            return self;
        }
        let tree = &mut self.tree;
        if let Some(text) = tree.files.remove(&tree.root) {
            if is_lone(&tree.root) {
                let included = std::mem::take(&mut tree.included).into_iter();
                tree.included = included
                    .map(|(path, bytes)| (format!("src/{path}"), bytes))
                    .collect();
            }
            CRATE_ROOT.clone_into(&mut tree.root);
            tree.files.insert(CRATE_ROOT.to_owned(), text);
        }
        self
    }

    /// 64 lower-case hex digits over every path and text. A lone `.rs` file has the hash of a crate whose
    /// `src/lib.rs` it is, so the same code has the same hash in every form.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Writes the files below `dir`, which must be the caller's own folder.
    ///
    /// # Errors
    /// Any error of the file system; `AlreadyExists` if a file is in the way, because nothing is overwritten.
    pub fn write_to(&self, dir: &Path) -> io::Result<()> {
        let write = |path: &str, bytes: &[u8]| {
            let path = dir.join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::File::create_new(path)?.write_all(bytes)
        };
        for (path, text) in &self.tree.files {
            write(path, text.as_bytes())?;
        }
        for (path, bytes) in &self.tree.included {
            write(path, bytes)?;
        }
        Ok(())
    }

    /// The names of Rust files in lower case, unless another file has that name, each with its text. On a learner's
    /// system that ignores case, `mod helper;` finds `Helper.rs`.
    pub fn in_lower_case(&self) -> BTreeMap<String, &str> {
        let files = &self.tree.files;
        let lower = |(path, text): (&String, _)| {
            let (folder, name) = path.rsplit_once('/')?;
            let lower = format!("{folder}/{}", name.to_lowercase());
            (!files.contains_key(&lower)).then_some((lower, text))
        };
        let text = files.iter().map(|(path, text)| (path, &**text));
        text.filter_map(lower).collect()
    }
}

/// The `/` tells a reader that a folder was looked into.
fn shown_as(path: &Path, is_folder: bool) -> PathBuf {
    match is_folder {
        true => path.join(""),
        false => path.to_owned(),
    }
}

/// Whether a root file is the whole submission, outside any folder.
fn is_lone(root: &str) -> bool {
    !root.contains('/')
}

/// Lengths go in before the bytes they measure, so no two different trees feed the hash the same bytes.
fn sha256(tree: &Tree) -> String {
    let mut hash = Sha256::new();
    let mut feed = |parts: [&[u8]; 2]| {
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    };
    for (path, text) in &tree.files {
        let path = match (*path == tree.root, Language::of_file(path)) {
            (true, Language::Rust) => CRATE_ROOT.to_owned(),
            // Whatever a file is called, but for an ending by which it is read in another way.
            (true, _) if path.ends_with(".cjs") => "submission.cjs".to_owned(),
            (true, other) => format!("submission.{}", other.ending()),
            (false, _) => path.clone(),
        };
        feed([path.as_bytes(), text.as_bytes()]);
    }
    for (path, bytes) in &tree.included {
        let outer = if is_lone(&tree.root) { "src/" } else { "" };
        feed([format!("{outer}{path}").as_bytes(), bytes]);
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(root: &str, files: &[(&str, &str)]) -> String {
        sha256(&Tree {
            root: root.to_owned(),
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
            included: BTreeMap::new(),
        })
    }

    #[test]
    fn a_lone_file_has_the_hash_of_a_crate_with_that_root() {
        assert_eq!(
            hash_of("hw1.rs", &[("hw1.rs", "fn a() {}")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "fn a() {}")]),
        );
    }

    #[test]
    fn moving_bytes_between_a_path_and_its_text_changes_the_hash() {
        let trees = [
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "ab"), ("src/x.rs", "c")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "a"), ("src/x.rs", "bc")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "ab"), ("src/x.rsc", "")]),
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "absrc/x.rsc")]),
        ];
        for (at, hash) in trees.iter().enumerate() {
            assert_eq!(hash.len(), 64);
            assert!(!trees[..at].contains(hash), "{trees:?}");
        }
    }

    #[test]
    fn the_hash_is_the_one_written_down() {
        // A change here makes every stored verdict's hash stale; change it only on purpose.
        assert_eq!(
            hash_of(CRATE_ROOT, &[(CRATE_ROOT, "fn a() {}\n")]),
            "18109a02d30997b0830f918d9a62e673db467b88a9820b4af4f4c1173bce2511",
        );
    }
}
