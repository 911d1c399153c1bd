//! The input of a batch: folders and exports, each perhaps for one drill.
//!
//! Its main type is [`Sources`]. An export's zip is unpacked into the results folder
//! or a temporary one, and never outside of it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
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
    /// What is in it cannot be written.
    #[error("cannot unpack into `{}`: {why}; make space there", path.display())]
    Full {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
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
                    let failed = |why: io::Error| match is_of_the_machine(&why) {
                        true => SourceError::Full {
                            path: dir.clone(),
                            why,
                        },
                        false => SourceError::Zip {
                            path: path.clone(),
                            why: why.to_string(),
                        },
                    };
                    let notes = unpack(&path, &dir).map_err(failed)?;
                    (dir, notes)
                }
            };
            sources.push(Source { dir, notes, drill });
        }
        Ok(Sources(sources))
    }

    /// Whether something at `path` would lie among the hand-ins.
    pub fn hold(&self, path: &Path) -> bool {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let parents = path.ancestors().skip(1);
        let mut real = parents.filter_map(|folder| folder.canonicalize().ok());
        let Some(parent) = real.next() else {
            return false;
        };
        let dirs = self.0.iter().filter_map(|it| it.dir.canonicalize().ok());
        dirs.into_iter().any(|dir| parent.starts_with(dir))
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

/// Unpacks plain files and folders. An entry that cannot be unpacked, because it is damaged, a
/// link, or would lie elsewhere, costs nobody else's hand-in: a note names it, and an empty file
/// marks its place without being a submission. So does one of two files with the same name, as
/// nobody knows which of them counts.
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
            Err(error) if name.contains('\\') && may_be_a_letter(&error) => {
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
        let path = into.join(inside(&name).0);
        if error.get_ref().is_some_and(|why| why.is::<Doubled>()) {
            let _ = fs::remove_file(&path);
        }
        let mark = mark_of(&path);
        let folder = mark.parent().map(fs::create_dir_all);
        let _ = folder.map(|_| File::create(&mark));
    }
    Ok(notes)
}

/// Of two files nobody knows which one counts.
#[derive(Debug, Error)]
#[error("there is another one of that name")]
struct Doubled;

/// What is put in place of an entry that is not taken.
fn mark_of(path: &Path) -> PathBuf {
    let mut mark = path.as_os_str().to_owned();
    mark.push(".damaged");
    mark.into()
}

/// Whether nothing can be unpacked any more.
fn is_of_the_machine(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    [FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull].contains(&error.kind())
}

/// Whether an entry may fit if its backslashes separate no folders.
fn may_be_a_letter(error: &io::Error) -> bool {
    !is_of_the_machine(error) && error.kind() != io::ErrorKind::InvalidInput
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
    let refused = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why.to_owned());
    let (path, is_plain) = inside(name);
    if !is_plain {
        return Err(refused("its name is none, or climbs with `..`"));
    }
    let path = into.join(path);
    if entry.is_dir() || name.ends_with(['/', '\\']) {
        return fs::create_dir_all(&path);
    }
    if entry.is_symlink() {
        return Err(refused("it is a link, which is not followed"));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if path.is_file() || mark_of(&path).exists() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, Doubled));
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

/// A name that a system takes; of a longer one its beginning, a mark of all of it, and its end:
/// there systems have what they add, and files their ending.
fn fitting(name: &str) -> String {
    const END: usize = 60;
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let digest = Sha256::digest(name);
    let mark: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let beginning = &name[..name.floor_char_boundary(LONGEST - END - mark.len() - 2)];
    let end = &name[name.ceil_char_boundary(name.len() - END)..];
    format!("{beginning}~{mark}~{end}")
}

/// A name as a path below a folder, and whether it is a plain one. A `/` or the letter of a
/// drive at its beginning says only where it was packed.
fn inside(name: &str) -> (PathBuf, bool) {
    let name = name.replace('\\', "/").replace('\0', "_");
    let after_drive = match name.as_bytes() {
        [drive, b':', b'/', ..] if drive.is_ascii_alphabetic() => &name[2..],
        _ => &name,
    };
    let parts: Vec<&str> = after_drive.split('/').collect();
    let is_name = |part: &&&str| !matches!(**part, "" | "." | "..");
    let path: PathBuf = parts
        .iter()
        .filter(is_name)
        .map(|part| fitting(part))
        .collect();
    let is_plain = !parts.contains(&"..") && !path.as_os_str().is_empty();
    (path, is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, path, is_plain) in [
            ("../x", "x", false),
            ("a/../../x", "a/x", false),
            ("..\\x", "x", false),
            ("", "", false),
            ("/", "", false),
            ("/x", "x", true),
            ("//a/./x", "a/x", true),
            ("\\x", "x", true),
            ("C:\\a\\x", "a/x", true),
            ("c:x", "c:x", true),
            ("a\0", "a_", true),
            ("a\\b.rs", "a/b.rs", true),
        ] {
            assert_eq!(inside(name), (PathBuf::from(path), is_plain), "{name:?}");
        }
    }

    #[test]
    fn a_name_that_no_system_takes_is_shortened_and_keeps_its_ending() {
        let long = format!("{}.py", "漢".repeat(90));
        let name = fitting(&long);
        assert!(name.len() <= LONGEST && name.ends_with("漢.py"), "{name}");
        assert_eq!(fitting("a.py"), "a.py");
        // The same folder for each file in it, and another one for another.
        let folder = |first: &str| format!("{first}{}_12_assignsubmission_file", "ก".repeat(90));
        let [one, other] = ["a", "b"].map(|first| inside(&format!("{}/x.py", folder(first))).0);
        assert_eq!(one, inside(&format!("{}/x.py", folder("a"))).0);
        assert_eq!(
            one.parent(),
            inside(&format!("{}/y.py", folder("a"))).0.parent()
        );
        assert_ne!(one, other);
        let one = one.to_string_lossy().into_owned();
        assert!(one.ends_with("_12_assignsubmission_file/x.py"), "{one}");
        let without = fitting(&"x".repeat(300));
        assert!(without.len() <= LONGEST, "{without}");
    }

    #[test]
    fn what_lies_among_the_hand_ins_is_known_before_it_is_there() {
        let folder = tempfile::tempdir().expect("there is space");
        let class = folder.path().join("class");
        fs::create_dir(&class).expect("it is ours");
        let sources = Sources::open(std::slice::from_ref(&class), &[], folder.path());
        let sources = sources.expect("it is there");
        for (path, within) in [
            (class.join("compare"), true),
            (class.join("a/b/compare"), true),
            (class.join("../class/compare"), true),
            (folder.path().join("compare"), false),
            (folder.path().join("class2"), false),
        ] {
            assert_eq!(sources.hold(&path), within, "{}", path.display());
        }
    }

    #[test]
    fn what_is_not_unpacked_is_told_and_keeps_its_place() {
        use std::io::Write;
        let folder = tempfile::tempdir().expect("there is space");
        let path = folder.path().join("class.zip");
        let options = zip::write::SimpleFileOptions::default();
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        let names = [
            "/ada/x.rs",
            "../cy/x.rs",
            "fay\\x.rs",
            "fay/x.rs",
            "gus/x.rs",
            "Fay/x.rs",
            "/fay/x.rs",
        ];
        for name in names {
            zip.start_file(name, options)
                .expect("it is written to memory");
            zip.write_all(name.as_bytes())
                .expect("it is written to memory");
        }
        zip.add_symlink("eve/x.rs", "/etc/passwd", options)
            .expect("it is written to memory");
        let bytes = zip.finish().expect("it is written to memory").into_inner();
        fs::write(&path, bytes).expect("it is ours");
        let into = folder.path().join("unpacked");
        let notes = unpack(&path, &into).expect("most of it is well");
        for (there, text) in [("ada/x.rs", names[0]), ("gus/x.rs", names[4])] {
            let read = fs::read_to_string(into.join(there)).expect(there);
            assert_eq!(read, text);
        }
        assert!(into.join("Fay/x.rs").exists());
        for name in ["cy/x.rs", "eve/x.rs", "fay/x.rs"] {
            assert!(!into.join(name).exists(), "{name}");
            assert!(into.join(format!("{name}.damaged")).exists(), "{name}");
            assert!(notes.iter().any(|note| note.contains(name)), "{notes:?}");
        }
        assert_eq!(notes.len(), 4, "{notes:?}");
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
