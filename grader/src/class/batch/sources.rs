//! The input of a batch: folders and exports, each perhaps for one drill.
//!
//! Its main type is [`Sources`]. An export's zip is unpacked into the results folder
//! or a temporary one, and never outside of it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use thiserror::Error;
use zip::ZipArchive;

use super::find::{FindError, Found, Search};
use play::text::one_line;

/// The most that an export may hold.
const ENTRIES: usize = 500_000;
const BYTES: u64 = 16 << 30;

/// A folder to search.
#[derive(Clone, Debug)]
struct Source {
    dir: PathBuf,
    /// What could not be unpacked.
    notes: Vec<String>,
    /// The drill it is for, if it was named.
    drill: Option<String>,
}

/// Everything that a batch is given.
#[derive(Clone, Debug)]
pub struct Sources(Vec<Source>);

/// Why an export cannot be read.
#[derive(Debug, Error)]
pub enum SourceError {
    /// It is not a zip, or a damaged one.
    #[error("cannot unpack `{}`: {why}; export it again, or unpack it and name its folder", path.display())]
    Zip {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

impl Sources {
    /// The named sources. A .zip is unpacked into a folder below `into`.
    ///
    /// # Errors
    /// When an export cannot be unpacked.
    pub fn open(named: &[PathBuf], drills: &[&str], into: &Path) -> Result<Sources, SourceError> {
        let mut sources = Vec::new();
        for (number, named) in named.iter().enumerate() {
            let (drill, path) = split(named, drills);
            let (dir, notes) = match is_zip(&path) {
                false => (path, Vec::new()),
                true => {
                    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                    let dir = into.join(format!("{}-{stem}", number + 1));
                    let failed = |why: io::Error| SourceError::Zip {
                        path: path.clone(),
                        why: why.to_string(),
                    };
                    let notes = unpack(&path, &dir).map_err(failed)?;
                    (dir, notes)
                }
            };
            sources.push(Source { dir, notes, drill });
        }
        Ok(Sources(sources))
    }

    /// Whether anything has to be unpacked.
    pub fn any_zip(named: &[PathBuf], drills: &[&str]) -> bool {
        named.iter().any(|named| is_zip(&split(named, drills).1))
    }

    /// The drills that were named.
    pub fn drills(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|source| source.drill.as_deref())
    }

    /// The folder that the paths of hand-ins begin from.
    pub fn dir(&self) -> &Path {
        match &*self.0 {
            [only] => &only.dir,
            _ => Path::new(""),
        }
    }

    /// The folders that were searched.
    pub fn dirs(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|source| &*source.dir)
    }

    /// Searches all folders, each as `search` says.
    ///
    /// # Errors
    /// When a folder cannot be searched.
    pub fn search(&self, search: &Search<'_>) -> Result<Found, FindError> {
        let mut all = Found::default();
        for source in &self.0 {
            let found = Search {
                dir: &source.dir,
                drill: source.drill.as_deref().or(search.drill),
                ..search.clone()
            }
            .look()?;
            let whole = |path: &Path| match self.0.len() {
                1 => path.to_owned(),
                _ => source.dir.join(path),
            };
            all.hand_ins
                .extend(found.hand_ins.into_iter().map(|mut it| {
                    it.path = whole(&it.path).into();
                    for part in it.parts.iter_mut().flatten() {
                        part.path = whole(&part.path);
                    }
                    if let Some(trouble) = &mut it.trouble {
                        trouble.among = trouble.among.iter().map(|it| whole(it)).collect();
                    }
                    it
                }));
            all.without.extend(found.without.into_iter().map(|mut it| {
                it.path = whole(&it.path);
                it
            }));
            all.passed_over
                .extend(found.passed_over.into_iter().map(|mut it| {
                    it.path = whole(&it.path);
                    it
                }));
            all.notes.extend(found.notes);
            all.notes.extend(source.notes.iter().cloned());
        }
        search.settle(&mut all);
        all.notes.sort();
        all.notes.dedup();
        Ok(all)
    }
}

/// `DRILL=PATH`, unless something with that whole name exists.
fn split(named: &Path, drills: &[&str]) -> (Option<String>, PathBuf) {
    let text = named.to_string_lossy();
    match text.split_once('=') {
        Some((drill, path)) if drills.contains(&drill) && !named.exists() => {
            (Some(drill.to_owned()), PathBuf::from(path))
        }
        _ => (None, named.to_owned()),
    }
}

fn is_zip(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ending.eq_ignore_ascii_case("zip") && path.is_file()
}

/// Unpacks plain files and folders; links and files that would lie elsewhere are left out. An
/// entry that cannot be unpacked costs nobody else's hand-in: a note names it, and an empty file
/// marks its place without being a submission.
fn unpack(zip: &Path, into: &Path) -> io::Result<Vec<String>> {
    match fs::remove_dir_all(into) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(into)?,
    }
    let mut archive = ZipArchive::new(File::open(zip)?).map_err(io::Error::other)?;
    if archive.len() > ENTRIES {
        return Err(io::Error::other("it holds too many files"));
    }
    let mut left = BYTES;
    let mut notes = Vec::new();
    for number in 0..archive.len() {
        let name = name_of(&mut archive, number)?;
        let unpacked = match unpack_one(&mut archive, number, (&name, into), &mut left) {
            // A backslash may be the system's separator, or a letter.
            Err(error) if name.contains('\\') && !is_of_the_machine(&error) => {
                let name = name.replace('\\', "_");
                unpack_one(&mut archive, number, (&name, into), &mut left)
            }
            unpacked => unpacked,
        };
        let Err(error) = unpacked else {
            continue;
        };
        if is_of_the_machine(&error) {
            return Err(error);
        }
        let shown = one_line(&name, 200);
        notes.push(format!("`{shown}` could not be unpacked: {error}"));
        if let Some(path) = inside(&format!("{name}.damaged"), number) {
            let path = into.join(path);
            let folder = path.parent().map(fs::create_dir_all);
            let _ = folder.map(|_| File::create(&path));
        }
    }
    Ok(notes)
}

/// Whether nothing can be unpacked any more.
fn is_of_the_machine(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    [FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull].contains(&error.kind())
}

/// The name of an entry. Those whose encoding is not marked are usually UTF-8 all the same.
fn name_of(archive: &mut ZipArchive<File>, number: usize) -> io::Result<String> {
    let entry = archive.by_index_raw(number).map_err(io::Error::other)?;
    Ok(match std::str::from_utf8(entry.name_raw()) {
        Ok(name) => name.to_owned(),
        Err(_) => entry.name().map_err(io::Error::other)?.into_owned(),
    })
}

fn unpack_one(
    archive: &mut ZipArchive<File>,
    number: usize,
    (name, into): (&str, &Path),
    left: &mut u64,
) -> io::Result<()> {
    let mut entry = archive.by_index(number).map_err(io::Error::other)?;
    let Some(path) = inside(name, number) else {
        return Ok(());
    };
    let path = into.join(path);
    if entry.is_dir() || name.ends_with(['/', '\\']) {
        return fs::create_dir_all(&path);
    }
    if entry.is_symlink() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create(&path)?;
    let written = io::copy(&mut entry.by_ref().take(*left + 1), &mut file);
    if written.is_err() {
        fs::remove_file(&path)?;
    }
    let too_much = || io::Error::new(io::ErrorKind::FileTooLarge, "it holds too much");
    *left = left.checked_sub(written?).ok_or_else(too_much)?;
    Ok(())
}

/// The longest name of a file that systems take, in bytes.
const LONGEST: usize = 255;

/// A name that a system takes; of a longer one its beginning, the entry's number and its ending.
fn fitting(name: &str, number: usize) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let ending = name
        .rfind('.')
        .map(|at| &name[at..])
        .filter(|it| it.len() < 20);
    let beginning = &name[..name.floor_char_boundary(LONGEST - 40)];
    format!("{beginning}~{number}{}", ending.unwrap_or_default())
}

/// A name as a path below a folder; `None` if it leads anywhere else.
fn inside(name: &str, number: usize) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    if name.contains('\0') || name.starts_with('/') {
        return None;
    }
    let path = Path::new(&name);
    let mut parts = path.components();
    let is_plain = parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let fitting = |part: Component<'_>| fitting(&part.as_os_str().to_string_lossy(), number);
    (is_plain && !name.is_empty()).then(|| path.components().map(fitting).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["../x", "a/../../x", "/x", "\\x", "..\\x", "", "a\0"] {
            assert_eq!(inside(name, 1), None, "{name:?}");
        }
        assert_eq!(inside("a\\b.rs", 1), Some(PathBuf::from("a/b.rs")));
    }

    #[test]
    fn a_name_that_no_system_takes_is_shortened_and_keeps_its_ending() {
        let long = format!("{}.py", "漢".repeat(90));
        let name = fitting(&long, 7);
        assert!(name.len() <= LONGEST && name.ends_with("~7.py"), "{name}");
        assert_eq!(fitting("a.py", 7), "a.py");
        let without = fitting(&"x".repeat(300), 8);
        assert!(without.len() <= LONGEST && without.ends_with("~8"));
    }

    #[test]
    fn one_entry_that_cannot_be_unpacked_is_nobody_else_s_loss() {
        use std::io::Write;
        let folder = tempfile::tempdir().expect("there is space");
        let path = folder.path().join("class.zip");
        let long = format!("a/{}.py", "y".repeat(300));
        let names = ["a/x", "a/x\\y", "a/damaged.py", &long, "b/good.py"];
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(name, stored)
                .expect("it is written to memory");
            zip.write_all(format!("text of {name}").as_bytes())
                .expect("it is written to memory");
        }
        let mut bytes = zip.finish().expect("it is written to memory").into_inner();
        let damaged = b"text of a/damaged.py";
        let mut places = bytes.windows(damaged.len());
        let at = places.position(|it| it == damaged).expect("it is stored");
        bytes[at] = b'T';
        fs::write(&path, bytes).expect("it is ours");
        let into = folder.path().join("unpacked");
        let notes = unpack(&path, &into).expect("most of it is well");
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("a/damaged.py"), "{notes:?}");
        let inside = |folder: &str| {
            let all = fs::read_dir(into.join(folder)).expect("it is there");
            let name = |entry: io::Result<fs::DirEntry>| entry.expect("it can be read").file_name();
            let mut all: Vec<String> = all
                .map(|entry| name(entry).to_string_lossy().into_owned())
                .collect();
            all.sort();
            all
        };
        let kept = inside("a");
        assert_eq!(kept.len(), 4, "{kept:?}");
        for name in ["damaged.py.damaged", "x", "x_y"] {
            assert!(kept.contains(&name.to_owned()), "{kept:?}");
        }
        assert_eq!(inside("b"), ["good.py"]);
    }
}
