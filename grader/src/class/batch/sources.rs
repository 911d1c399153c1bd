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

/// The most that an export may hold.
const ENTRIES: usize = 500_000;
const BYTES: u64 = 16 << 30;

/// A folder to search.
#[derive(Clone, Debug)]
struct Source {
    dir: PathBuf,
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
            let dir = match is_zip(&path) {
                false => path,
                true => {
                    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                    let dir = into.join(format!("{}-{stem}", number + 1));
                    let failed = |why: io::Error| SourceError::Zip {
                        path: path.clone(),
                        why: why.to_string(),
                    };
                    unpack(&path, &dir).map_err(failed)?;
                    dir
                }
            };
            sources.push(Source { dir, drill });
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

/// Unpacks plain files and folders; links and files that would lie elsewhere are left out.
fn unpack(zip: &Path, into: &Path) -> io::Result<()> {
    match fs::remove_dir_all(into) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(into)?,
    }
    let mut archive = ZipArchive::new(File::open(zip)?).map_err(io::Error::other)?;
    if archive.len() > ENTRIES {
        return Err(io::Error::other("it holds too many files"));
    }
    let mut left = BYTES;
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).map_err(io::Error::other)?;
        // Names whose encoding is not marked are usually UTF-8 all the same.
        let name = match std::str::from_utf8(entry.name_raw()) {
            Ok(name) => name.to_owned(),
            Err(_) => entry.name().map_err(io::Error::other)?.into_owned(),
        };
        let Some(path) = inside(&name) else {
            continue;
        };
        let path = into.join(path);
        if entry.is_dir() || name.ends_with(['/', '\\']) {
            fs::create_dir_all(&path)?;
            continue;
        }
        if entry.is_symlink() {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(&path)?;
        let written = io::copy(&mut entry.by_ref().take(left + 1), &mut file)?;
        left = left
            .checked_sub(written)
            .ok_or_else(|| io::Error::other("it holds too much"))?;
    }
    Ok(())
}

/// A name as a path below a folder; `None` if it leads anywhere else.
fn inside(name: &str) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    if name.contains('\0') || name.starts_with('/') {
        return None;
    }
    let path = Path::new(&name);
    let mut parts = path.components();
    let is_plain = parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    (is_plain && !name.is_empty()).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["../x", "a/../../x", "/x", "\\x", "..\\x", "", "a\0"] {
            assert_eq!(inside(name), None, "{name:?}");
        }
        assert_eq!(inside("a\\b.rs"), Some(PathBuf::from("a/b.rs")));
    }
}
