//! The folder a batch writes to: every record whole or not there, and one batch at a
//! time.
//!
//! Its main type is [`Store`]. Nothing in here knows what a record says.

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

/// What a batch was asked, kept beside its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The version of this form: 1.
    pub schema: u32,
    /// What all seeds come from.
    pub seed: u64,
    /// Whose numbers the ids in the records are, where all are of one kind. What was
    /// written before there was this field does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<Ids>,
}

/// The folder, for as long as this batch has it.
#[derive(Debug)]
pub struct Store {
    out: PathBuf,
    /// Of what kind the ids are in records that do not say it.
    ids: Option<Ids>,
    /// Let go by the system when this process ends, however it ends.
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
        "`{}` holds something else than a batch's results; name a new folder with `--out`", .0.display()
    )]
    Foreign(PathBuf),
    /// The system says no.
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
/// Points of attempts, of which the best counts.
const COMPARED: &str = "compared";
/// What is being written; of no use to anybody once its batch is gone.
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
        // What a batch that was killed was in the middle of.
        let _ = fs::remove_dir_all(store.out.join(UNFINISHED));
        fs::create_dir_all(store.out.join(UNFINISHED)).map_err(failed)?;
        Ok(store)
    }

    /// The folder, absolute.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// What the batch before this one was asked.
    pub fn settings(&self) -> Option<Settings> {
        read(&self.out.join(SETTINGS))
    }

    /// Keeps what this one is asked.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.write(&self.out.join(SETTINGS), settings)
    }

    /// What is kept of a student's submission; nothing, where that is damaged.
    pub fn record(&self, drill: &str, student: &Student) -> Option<Record> {
        let mut places = self.places(drill, student).into_iter();
        places.find_map(|place| self.theirs(&place, student))
    }

    /// Keeps a record: once this returns, it outlives whatever happens to us. What is
    /// somebody else's stays as it is.
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
            // It is counted once if it stays: the newer one counts.
            let _ = fs::remove_file(&former);
        }
        Ok(())
    }

    /// The points of an attempt that was graded to be compared with others.
    pub fn attempt(&self, drill: &str, name: &str) -> Option<u32> {
        read(&self.attempt_place(drill, name))
    }

    /// Keeps them.
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

    /// The drills that there are records of, in no order that means anything.
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

    /// Where a student's record lies: in its own place, beside it where a file system
    /// takes that for somebody else's, or where it lay before ids were all that counts.
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

    /// Beside, to the disk, and then in its place.
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
    folder.join(SETTINGS).is_file() && folder.join(RECORDS).is_dir()
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Every record there is, those of earlier batches too. A damaged one is none.
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

/// What lies in a folder; nothing, if there is no such folder.
fn inside(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<PathBuf>>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        entries => Some(entries?),
    };
    let path = |entry: io::Result<fs::DirEntry>| Ok(entry?.path());
    Ok(entries.into_iter().flatten().map(path))
}
