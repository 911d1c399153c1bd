//! Submissions as strangers hand them in, built here and refused by their messages.

mod archives;
mod folders;
mod harm;
mod wrapped;

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use flate2::{Compression, write::GzEncoder};
use grader::build::submission::{Caps, Submission, SubmissionError, Wanted};
use proptest::prelude::*;
use tar::EntryType;
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

const MIB: usize = 1024 * 1024;
const LIB: (&str, &[u8]) = ("src/lib.rs", b"mod a;\n");
const MODULE: (&str, &[u8]) = ("src/a.rs", b"// a\n");

const HAND_IN: &str =
    "hand in a crate folder, a .rs, .py, .mjs, .js or .cjs file, a .zip or a .tar.gz";
const NO_RUST: &str = "holds no Rust, Python or JavaScript file; hand in the crate folder with its `src/lib.rs`, or the one file";
const PLAIN_NAMES: &str = "give files plain names inside the crate folder";

/// A folder in which submissions lie.
struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self, name: &str, caps: &Caps) -> Result<Submission, SubmissionError> {
        Submission::read_for(&self.path(name), &Wanted::default(), caps)
    }

    fn files(&self, name: &str) -> Vec<String> {
        let submission = self.read(name, &Caps::default()).unwrap();
        submission.files().keys().cloned().collect()
    }

    /// A refusal's message, without the path of the desk.
    fn refusal(&self, name: &str, caps: &Caps) -> String {
        let error = self.read(name, caps).unwrap_err();
        assert!(error.is_rejection(), "{error}");
        self.said(&error)
    }

    fn refuses_within(&self, caps: &Caps, name: &str, said: &str) {
        assert_eq!(self.refusal(name, caps), format!("`{name}` {said}"));
    }

    fn refuses(&self, name: &str, said: &str) {
        self.refuses_within(&Caps::default(), name, said);
    }

    fn usage_error(&self, name: &str) -> String {
        let error = self.read(name, &Caps::default()).unwrap_err();
        assert!(!error.is_rejection(), "{error}");
        self.said(&error)
    }

    fn said(&self, error: &SubmissionError) -> String {
        let desk = format!("{}/", self.0.path().display());
        error.to_string().replace(&desk, "")
    }
}

/// A tar of anything: names go in unchanged, which the library's own writer would not allow.
fn tar_of(entries: &[(&[u8], EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

/// A tar, compressed as its name's ending says.
fn packed(packing: &str, tar: &[u8]) -> Vec<u8> {
    match packing {
        "plain" => tar.to_vec(),
        "gzip" => gz(tar),
        "bzip2" => {
            let level = bzip2::Compression::fast();
            let mut bz = bzip2::write::BzEncoder::new(Vec::new(), level);
            bz.write_all(tar).unwrap();
            bz.finish().unwrap()
        }
        "zstd" => {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            ruzstd::encoding::compress_to_vec(tar, level)
        }
        "xz" => {
            let options = lzma_rust2::XzOptions::with_preset(0);
            let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
            xz.write_all(tar).unwrap();
            xz.finish().unwrap()
        }
        other => panic!("{other}"),
    }
}

/// A 7z of one block, as 7-Zip packs small files.
fn seven_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut seven = sevenz_rust2::ArchiveWriter::new(std::io::Cursor::new(Vec::new())).unwrap();
    let (full, empty): (Vec<_>, Vec<_>) = files.iter().partition(|(_, bytes)| !bytes.is_empty());
    let entry = |name: &str| sevenz_rust2::ArchiveEntry::new_file(name);
    if !full.is_empty() {
        let entries = full.iter().map(|(name, _)| entry(name)).collect();
        let readers = full.iter().map(|(_, bytes)| (*bytes).into()).collect();
        seven.push_archive_entries(entries, readers).unwrap();
    }
    for (name, _) in empty {
        seven
            .push_archive_entry::<&[u8]>(entry(name), None)
            .unwrap();
    }
    seven.finish().unwrap().into_inner()
}

fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_bytes(), EntryType::Regular, *bytes))
        .collect();
    gz(&tar_of(&entries))
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().unix_permissions(0o644);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Overwrites `bytes` at an offset in the last entry of a zip's table.
fn patch_table(zip: &mut [u8], offset: usize, bytes: &[u8]) {
    let table = zip.windows(4).rposition(|four| four == b"PK\x01\x02");
    let at = table.unwrap() + offset;
    zip[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Replaces one name by another of the same length, in a zip's table and elsewhere.
fn rename(zip: &mut [u8], from: &[u8], to: &[u8]) {
    for at in 0..zip.len() - from.len() {
        if zip[at..].starts_with(from) {
            zip[at..at + from.len()].copy_from_slice(to);
        }
    }
}

/// Caps that two files of five bytes, the deeper being `src/a/b.rs`, just fit: each cap lowered by one, and the message.
fn caps_on_source(exact: &Caps, entries: usize) -> [(Caps, String); 4] {
    let lower = |change: &dyn Fn(&mut Caps)| {
        let mut caps = exact.clone();
        change(&mut caps);
        caps
    };
    [
        (
            lower(&|caps| caps.files = 1),
            "holds over 1 files of one crate, the limit; hand in only your own code".to_owned(),
        ),
        (
            lower(&|caps| caps.bytes = 9),
            "holds 10 bytes of Rust source; the limit is 9 bytes, so hand in only your own code"
                .to_owned(),
        ),
        (
            lower(&|caps| caps.entries = entries),
            format!("holds over {entries} files and folders, the limit; leave `target/` out"),
        ),
        (
            lower(&|caps| caps.depth = 2),
            "holds `src/a/b.rs`, which lies over 2 names deep; move it up".to_owned(),
        ),
    ]
}
