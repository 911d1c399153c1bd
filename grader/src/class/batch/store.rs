//! The folder a batch writes to: every record is whole or absent, and one batch
//! writes at a time.
//!
//! Its main type is [`Store`]. Nothing in here knows what a record means.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::class::Records;
use super::record::Record;
pub use super::student::Ids;
use super::student::Student;

/// The settings of a batch, kept beside its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The version of this form: 1.
    pub schema: u32,
    /// The seed that all others come from.
    pub seed: u64,
    /// The system of the ids in the records, if all are of one kind. Files older
    /// than this field do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<Ids>,
}

/// The folder, for as long as this batch has it.
#[derive(Debug)]
pub struct Store {
    out: PathBuf,
    /// The kind of the ids in records that do not say it.
    ids: Option<Ids>,
    /// The system releases it when this process ends, however it ends.
    _lock: File,
}

/// Why the folder cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another batch has it.
    #[error(
        "another batch is writing to `{}`; wait until it has ended, or name another folder with `--out`", .0.display()
    )]
    Busy(PathBuf),
    /// It holds something else.
    #[error(
        "`{}` holds something other than a batch's results; name a new folder with `--out`", .0.display()
    )]
    Foreign(PathBuf),
    /// The system refused.
    #[error("cannot write to `{}`: {why}; is there space, and may you write there?", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
}

const LOCK: &str = "lock";
const SETTINGS: &str = "batch.json";
const RECORDS: &str = "records";
/// Points of attempts, when the best attempt counts.
const COMPARED: &str = "compared";
/// Files being written; of no use once their batch is gone.
const UNFINISHED: &str = "unfinished";

impl Store {
    /// Takes the folder `out`, made now if it is not there.
    ///
    /// # Errors
    /// When another batch has it, or it holds something else.
    pub fn open(out: &Path) -> Result<Store, StoreError> {
        let failed = |why| StoreError::Io {
            path: out.to_owned(),
            why,
        };
        fs::create_dir_all(out).map_err(failed)?;
        let out = out.canonicalize().map_err(failed)?;
        let ours = [LOCK, SETTINGS].iter().any(|name| out.join(name).is_file());
        if !ours && fs::read_dir(&out).map_err(failed)?.next().is_some() {
            return Err(StoreError::Foreign(out));
        }
        let lock = File::create(out.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StoreError::Busy(out)),
            Err(fs::TryLockError::Error(why)) => return Err(failed(why)),
        }
        let ids = read::<Settings>(&out.join(SETTINGS)).and_then(|it| it.ids);
        let store = Store {
            out,
            ids,
            _lock: lock,
        };
        // Leftovers of a batch that was killed.
        let _ = fs::remove_dir_all(store.out.join(UNFINISHED));
        fs::create_dir_all(store.out.join(UNFINISHED)).map_err(failed)?;
        Ok(store)
    }

    /// The folder, absolute.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// The settings of the batch before this one.
    pub fn settings(&self) -> Option<Settings> {
        read(&self.out.join(SETTINGS))
    }

    /// Keeps the settings of this batch.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.write(&self.out.join(SETTINGS), settings)
    }

    /// The record of a student's submission; `None` if it is damaged.
    pub fn record(&self, drill: &str, student: &Student) -> Option<Record> {
        let mut places = self.places(drill, student).into_iter();
        places.find_map(|place| self.theirs(&place, student))
    }

    /// Keeps a record: once this returns, it outlives whatever happens to us. Records
    /// of other students stay as they are.
    ///
    /// # Errors
    /// When it cannot be written; then the one before is still there.
    pub fn keep(&self, record: &Record) -> Result<(), StoreError> {
        let student = &record.student;
        let [own, beside, former] = self.places(&record.drill, student);
        let taken = self
            .read(&own)
            .is_some_and(|it| it.student.identity() != student.identity());
        let place = if taken { &beside } else { &own };
        self.write(place, record)?;
        if former != *place && self.theirs(&former, student).is_some() {
            // If the old one stays, the student still counts once: the newer record counts.
            let _ = fs::remove_file(&former);
        }
        Ok(())
    }

    /// The points of an attempt that was graded to be compared with others.
    pub fn attempt(&self, drill: &str, name: &str) -> Option<u32> {
        read(&self.attempt_place(drill, name))
    }

    /// Keeps an attempt's points.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep_attempt(&self, drill: &str, name: &str, points: u32) -> Result<(), StoreError> {
        self.write(&self.attempt_place(drill, name), &points)
    }

    fn attempt_place(&self, drill: &str, name: &str) -> PathBuf {
        let name = format!("{name}.json");
        self.out.join(COMPARED).join(drill).join(name)
    }

    /// The drills with records, in no particular order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn drills(&self) -> io::Result<Vec<String>> {
        let mut drills = Vec::new();
        for folder in inside(&self.out.join(RECORDS))? {
            let name = folder?
                .file_name()
                .and_then(|name| name.to_str().map(str::to_owned));
            drills.extend(name);
        }
        Ok(drills)
    }

    /// Where a student's record may lie: in its own place, beside it if a file system
    /// confuses that with another student's, or where it lay before ids alone counted.
    fn places(&self, drill: &str, student: &Student) -> [PathBuf; 3] {
        let folder = self.out.join(RECORDS).join(drill);
        let stems = [
            student.file_stem(),
            student.other_stem(),
            student.former_stem(),
        ];
        stems.map(|stem| folder.join(format!("{stem}.json")))
    }

    /// The record in a place, if it is this student's.
    fn theirs(&self, place: &Path, student: &Student) -> Option<Record> {
        let record = self.read(place)?;
        (record.student.identity() == student.identity()).then_some(record)
    }

    fn read(&self, place: &Path) -> Option<Record> {
        let mut record: Record = read(place)?;
        if let (Some(_), None, Some(ids)) = (record.student.id(), record.student.system(), self.ids)
        {
            record.student = record.student.of(ids);
        }
        Some(record)
    }

    /// Written beside its place, synced to disk, and then moved there.
    fn write(&self, path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let beside = self.out.join(UNFINISHED).join(number.to_string());
        let write = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut text = serde_json::to_vec(value)?;
            text.push(b'\n');
            let mut file = File::create(&beside)?;
            file.write_all(&text)?;
            file.sync_data()?;
            fs::rename(&beside, path)
        };
        write().map_err(|why| StoreError::Io {
            path: path.to_owned(),
            why,
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = fs::remove_dir(self.out.join(UNFINISHED));
    }
}

/// Whether a folder holds the results of a batch.
pub(super) fn is_one(folder: &Path) -> bool {
    // A batch writes nothing of the kind there.
    let of_code = ["rs", "py", "mjs", "js", "cjs", "toml", "zip"];
    let is_code = |entry: fs::DirEntry| {
        let path = entry.path();
        path.extension()
            .is_some_and(|ending| of_code.iter().any(|it| ending == *it))
    };
    let holds_code = || fs::read_dir(folder).is_ok_and(|all| all.flatten().any(is_code));
    folder.join(SETTINGS).is_file() && folder.join(RECORDS).is_dir() && !holds_code()
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Every record, including those of earlier batches. A damaged one does not count.
impl Records for Store {
    fn each(&self, see: &mut dyn FnMut(Record) -> io::Result<()>) -> io::Result<()> {
        for drill in inside(&self.out.join(RECORDS))? {
            for record in inside(&drill?)? {
                self.read(&record?).map_or(Ok(()), &mut *see)?;
            }
        }
        Ok(())
    }

    fn one(&self, drill: &str, student: &Student) -> io::Result<Record> {
        self.record(drill, student).ok_or_else(|| {
            let [place, ..] = self.places(drill, student);
            io::Error::other(format!("`{}` cannot be read any more", place.display()))
        })
    }
}

/// The contents of a folder; empty if the folder does not exist.
fn inside(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<PathBuf>>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        entries => Some(entries?),
    };
    let path = |entry: io::Result<fs::DirEntry>| Ok(entry?.path());
    Ok(entries.into_iter().flatten().map(path))
}
