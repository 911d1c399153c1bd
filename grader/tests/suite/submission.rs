//! Submissions as strangers hand them in, built here and refused by their messages.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use flate2::{Compression, write::GzEncoder};
use grader::submission::{Caps, Submission, SubmissionError};
use proptest::prelude::*;
use tar::EntryType;
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

const MIB: usize = 1024 * 1024;
const LIB: (&str, &[u8]) = ("src/lib.rs", b"mod a;\n");
const MODULE: (&str, &[u8]) = ("src/a.rs", b"// a\n");

const HAND_IN: &str = "hand in a crate folder, a .rs file, a .tar.gz or a .zip";
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
        Submission::read_with(&self.path(name), caps)
    }

    fn files(&self, name: &str) -> Vec<String> {
        let submission = self.read(name, &Caps::default()).unwrap();
        submission.files().keys().cloned().collect()
    }

    /// What a refusal says, without the way to the desk.
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

/// A tar of anything: names go in as they are, which the library's own writer would not let them.
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

/// Puts one name for another of the same length, in a zip's table and elsewhere.
fn rename(zip: &mut [u8], from: &[u8], to: &[u8]) {
    for at in 0..zip.len() - from.len() {
        if zip[at..].starts_with(from) {
            zip[at..at + from.len()].copy_from_slice(to);
        }
    }
}

#[test]
fn the_same_code_is_read_alike_from_a_folder_and_from_either_archive() {
    let desk = Desk::new();
    desk.put("crate/src/lib.rs", LIB.1);
    desk.put("crate/src/a.rs", MODULE.1);
    desk.put("crate/src/notes.md", [0xff; 9]);
    desk.put("crate/Cargo.toml", [0xff; 9]);
    let around: &[(&str, &[u8])] = &[
        ("hw/Cargo.toml", b"\xff"),
        ("hw/src/a.rs", MODULE.1),
        ("hw/src/lib.rs", LIB.1),
        ("hw/tests/t.rs", b"\xff"),
    ];
    desk.put("flat.tar.gz", tar_gz(&[LIB, MODULE]));
    desk.put("below.TGZ", tar_gz(around));
    desk.put("flat.zip", zip_of(&[MODULE, LIB]));
    desk.put("below.Zip", zip_of(around));
    symlink(desk.path("crate"), desk.path("link")).unwrap();
    let first = desk.read("crate", &Caps::default()).unwrap();
    for name in ["flat.tar.gz", "below.TGZ", "flat.zip", "below.Zip", "link"] {
        let other = desk.read(name, &Caps::default()).unwrap();
        assert_eq!(other.files(), first.files(), "{name}");
        assert_eq!(other.sha256(), first.sha256(), "{name}");
        assert_eq!(other.root_file(), "src/lib.rs", "{name}");
        assert_eq!(other.path(), desk.path(name));
    }
    assert_eq!(first.files()["src/lib.rs"], "mod a;\n");
    assert_eq!(first.files().len(), 2);
}

#[test]
fn a_lone_file_is_the_same_code_whichever_way_it_comes() {
    let desk = Desk::new();
    let code = b"pub fn answer() {}\n";
    desk.put("crate/src/lib.rs", code);
    desk.put("my hw.rs", code);
    desk.put("one.zip", zip_of(&[("README.md", b""), ("x/hw.rs", code)]));
    desk.put("one.tgz", tar_gz(&[("hw.rs", code)]));
    let hash = desk.read("crate", &Caps::default()).unwrap();
    for (name, root) in [
        ("my hw.rs", "my_hw.rs"),
        ("one.zip", "hw.rs"),
        ("one.tgz", "hw.rs"),
    ] {
        let lone = desk.read(name, &Caps::default()).unwrap();
        assert_eq!(lone.root_file(), root);
        assert_eq!(lone.files().len(), 1);
        assert_eq!(lone.files()[root].as_bytes(), code);
        assert_eq!(lone.sha256(), hash.sha256());
    }
}

#[test]
fn what_is_written_is_what_was_read_and_nothing_is_overwritten() {
    let desk = Desk::new();
    desk.put("hw.zip", zip_of(&[LIB, ("src/a/b.rs", b"// b\n")]));
    let submission = desk.read("hw.zip", &Caps::default()).unwrap();
    let out = Desk::new();
    submission.write_to(out.0.path()).unwrap();
    let written = Submission::read(out.0.path()).unwrap();
    assert_eq!(written.files(), submission.files());
    let again = submission.write_to(out.0.path()).unwrap_err();
    assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
fn a_wrong_path_is_the_callers_mistake() {
    let desk = Desk::new();
    desk.put("hw.txt", "");
    desk.put("hw.tar", "");
    let give = "give a crate folder, a .rs file, a .tar.gz or a .zip";
    assert_eq!(
        desk.usage_error("gone.zip"),
        format!("nothing is at `gone.zip`; {give}")
    );
    for name in ["hw.txt", "hw.tar"] {
        assert_eq!(
            desk.usage_error(name),
            format!("`{name}` is no kind of submission; {give}")
        );
    }
    assert_eq!(
        desk.usage_error("hw.txt/x.rs"),
        "`hw.txt/x.rs` cannot be read: Not a directory (os error 20)"
    );
}

#[test]
fn a_folder_without_a_root_is_refused() {
    let desk = Desk::new();
    desk.put("main/src/main.rs", "");
    desk.put("file/src", "");
    fs::create_dir(desk.path("empty")).unwrap();
    fs::create_dir_all(desk.path("odd/src/lib.rs")).unwrap();
    for name in ["main", "file", "empty", "odd"] {
        desk.refuses(
            &format!("{name}/"),
            &format!("has no `src/lib.rs`; {HAND_IN}"),
        );
    }
}

#[test]
fn links_pipes_and_sockets_in_a_folder_are_refused_by_name() {
    let desk = Desk::new();
    let secret = desk.put("secret.rs", "// secret");
    for name in ["file", "any", "folder", "pipe", "socket"] {
        desk.put(&format!("{name}/src/lib.rs"), "");
    }
    symlink(&secret, desk.path("file/src/a.rs")).unwrap();
    symlink("gone", desk.path("any/src/notes")).unwrap();
    symlink(desk.path("file"), desk.path("folder/src/m")).unwrap();
    let mkfifo = |name| {
        let made = Command::new("mkfifo").arg(desk.path(name)).status();
        assert!(made.unwrap().success());
    };
    mkfifo("pipe/src/z.rs");
    mkfifo("lone.rs");
    let _socket = UnixListener::bind(desk.path("socket/src/s")).unwrap();
    desk.put("src_link/x", "");
    symlink(desk.path("pipe/src"), desk.path("src_link/src")).unwrap();
    for (name, holds) in [
        ("file", "a symbolic link, `src/a.rs`"),
        ("any", "a symbolic link, `src/notes`"),
        ("folder", "a symbolic link, `src/m`"),
        ("src_link", "a symbolic link, `src`"),
        ("pipe", "a named pipe, `src/z.rs`"),
        ("socket", "a socket, `src/s`"),
    ] {
        desk.refuses(
            &format!("{name}/"),
            &format!("holds {holds}; hand in plain files"),
        );
    }
    desk.refuses("lone.rs", &format!("is a named pipe; {HAND_IN}"));
}

#[test]
fn hidden_names_in_a_folder_are_looked_past_whatever_they_are() {
    let desk = Desk::new();
    desk.put("hw/src/lib.rs", "");
    desk.put("hw/src/._lib.rs", [0xff]);
    desk.put("hw/src/.git/x.rs", [0xff]);
    desk.put("hw/src/target/mod.rs", "");
    symlink("gone", desk.path("hw/src/.#lib.rs")).unwrap();
    assert_eq!(desk.files("hw"), ["src/lib.rs", "src/target/mod.rs"]);
}

#[test]
fn names_that_mean_mischief_are_refused_and_shown_harmless() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    desk.put("hw/src/lib.rs", "");
    desk.put("hw/src/a\n::error::b.rs", "");
    desk.refuses(
        "hw/",
        &format!("holds `src/a\\n::error::b.rs`, a name with a control character; {PLAIN_NAMES}"),
    );
    let latin = desk
        .path("latin/src")
        .join(std::ffi::OsStr::from_bytes(b"\xe9.rs"));
    desk.put("latin/src/lib.rs", "");
    fs::write(latin, "").unwrap();
    desk.refuses(
        "latin/",
        &format!("holds `src/\\xe9.rs`, a name that is not UTF-8; {PLAIN_NAMES}"),
    );
}

/// From caps that two files of five bytes, the deeper being `src/a/b.rs`, just fit: each cap one lower, and what is said then.
fn caps_on_source(exact: &Caps, entries: usize) -> [(Caps, String); 4] {
    let lower = |change: &dyn Fn(&mut Caps)| {
        let mut caps = exact.clone();
        change(&mut caps);
        caps
    };
    [
        (
            lower(&|caps| caps.files = 1),
            "holds over 1 Rust files, the limit; hand in only your own code".to_owned(),
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

#[test]
fn caps_hold_for_a_folder() {
    let desk = Desk::new();
    let lib = desk.put("hw/src/lib.rs", "12345");
    desk.put("hw/src/a/b.rs", "12345");
    desk.put("hw/src/notes.md", "");
    let exact = Caps {
        files: 2,
        bytes: 10,
        entries: 4,
        depth: 3,
        ..Caps::default()
    };
    desk.read("hw", &exact).unwrap();
    for (caps, said) in caps_on_source(&exact, 3) {
        desk.refuses_within(&caps, "hw/", &said);
    }
    fs::create_dir_all(desk.path("deep/src/a/b")).unwrap();
    let said = "holds `src/a/b`, which lies over 2 names deep; move it up";
    let shallow = Caps { depth: 2, ..exact };
    desk.refuses_within(&shallow, "deep/", said);
    fs::File::create(lib)
        .unwrap()
        .set_len(3 * MIB as u64)
        .unwrap();
    desk.refuses(
        "hw/",
        "holds 3 MiB of Rust source; the limit is 1 MiB, so hand in only your own code",
    );
}

#[test]
fn a_lone_file_is_bounded_and_must_be_text() {
    let desk = Desk::new();
    let big = fs::File::create(desk.path("big.rs")).unwrap();
    big.set_len(50 * MIB as u64).unwrap();
    desk.refuses(
        "big.rs",
        "holds 50 MiB of Rust source; the limit is 1 MiB, so hand in only your own code",
    );
    desk.put("bad.rs", [0xff]);
    desk.refuses("bad.rs", "is not UTF-8 text; save it as UTF-8");
}

#[test]
fn links_and_devices_in_an_archive_are_refused_by_name() {
    let desk = Desk::new();
    for (kind, what) in [
        (EntryType::Symlink, "a symbolic link"),
        (EntryType::Link, "a hard link"),
        (EntryType::Char, "a device"),
        (EntryType::Block, "a device"),
        (EntryType::Fifo, "a named pipe"),
        (EntryType::new(b'V'), "something of an unknown kind"),
    ] {
        for name in ["src/lib.rs", "notes"] {
            let tar = tar_of(&[(name.as_bytes(), kind, b"")]);
            desk.put("hw.tar.gz", gz(&tar));
            desk.refuses(
                "hw.tar.gz",
                &format!("holds {what}, `{name}`; hand in plain files"),
            );
        }
    }
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.add_symlink("src/lib.rs", "/etc/passwd", options)
        .unwrap();
    desk.put("hw.zip", zip.finish().unwrap().into_inner());
    desk.refuses(
        "hw.zip",
        "holds a symbolic link, `src/lib.rs`; hand in plain files",
    );
    let mut zip = zip_of(&[LIB]);
    patch_table(&mut zip, 38, &(0o010_644_u32 << 16).to_le_bytes());
    desk.put("hw.zip", zip);
    desk.refuses(
        "hw.zip",
        "holds a named pipe, `src/lib.rs`; hand in plain files",
    );
}

#[test]
fn a_sparse_file_is_refused_however_the_tar_writes_it() {
    let desk = Desk::new();
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..8].copy_from_slice(b"src/a.rs");
    header.set_entry_type(EntryType::GNUSparse);
    header.set_size(0);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.realsize[..11].copy_from_slice(b"00000000000");
    header.set_cksum();
    let mut tar = tar::Builder::new(Vec::new());
    tar.append(&header, &b""[..]).unwrap();
    desk.put("gnu.tgz", gz(&tar.into_inner().unwrap()));
    let pax = tar_of(&[
        (b"x", EntryType::XHeader, b"22 GNU.sparse.major=1\n"),
        (b"src/a.rs", EntryType::Regular, b"1\n0\n1\n"),
    ]);
    desk.put("pax.tgz", gz(&pax));
    for name in ["gnu.tgz", "pax.tgz"] {
        desk.refuses(name, "holds a sparse file, `src/a.rs`; hand in plain files");
    }
}

#[test]
fn names_that_could_lead_outside_are_refused_in_either_archive() {
    let desk = Desk::new();
    for (name, shown, why) in [
        ("/src/lib.rs", "/src/lib.rs", "an absolute path"),
        ("../lib00.rs", "../lib00.rs", "a path that climbs with `..`"),
        ("src/../a.rs", "src/../a.rs", "a path that climbs with `..`"),
        ("target/../x", "target/../x", "a path that climbs with `..`"),
        ("src\\lib0.rs", "src\\\\lib0.rs", "a name with a backslash"),
        ("C:/lib00.rs", "C:/lib00.rs", "a path with a drive letter"),
        (
            "src/\x1b[1m.rs",
            "src/\\u{1b}[1m.rs",
            "a name with a control character",
        ),
    ] {
        let plain = "x".repeat(name.len());
        let mut zip = zip_of(&[(plain.as_str(), b"")]);
        rename(&mut zip, plain.as_bytes(), name.as_bytes());
        desk.put("hw.zip", zip);
        desk.put("hw.tgz", tar_gz(&[(name, b"")]));
        for archive in ["hw.zip", "hw.tgz"] {
            desk.refuses(archive, &format!("holds `{shown}`, {why}; {PLAIN_NAMES}"));
        }
    }
}

#[test]
fn names_that_are_no_text_are_refused_in_either_archive() {
    let desk = Desk::new();
    for (raw, shown, why) in [
        (
            &b"src/\xe9.rs"[..],
            "src/\\xe9.rs",
            "a name that is not UTF-8",
        ),
        (b"src/a\0.rs", "src/a\\0.rs", "a name with a NUL in it"),
    ] {
        let plain = "x".repeat(raw.len());
        let mut zip = zip_of(&[(plain.as_str(), b"")]);
        rename(&mut zip, plain.as_bytes(), raw);
        desk.put("hw.zip", zip);
        // A tar header's own name ends at a NUL; one in a pax record doesn't.
        let record = [format!("{} path=", raw.len() + 9).as_bytes(), raw, b"\n"].concat();
        let tar = tar_of(&[
            (b"x", EntryType::XHeader, &record),
            (b"src/lib.rs", EntryType::Regular, b""),
        ]);
        desk.put("hw.tgz", gz(&tar));
        for archive in ["hw.zip", "hw.tgz"] {
            desk.refuses(archive, &format!("holds `{shown}`, {why}; {PLAIN_NAMES}"));
        }
    }
}

#[test]
fn long_names_are_read_in_both_of_tars_ways() {
    let desk = Desk::new();
    let long = format!("src/{}.rs", "n".repeat(150));
    let mut gnu = tar::Builder::new(Vec::new());
    for name in [long.as_str(), "src/lib.rs"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        gnu.append_data(&mut header, name, &b""[..]).unwrap();
    }
    desk.put("gnu.tgz", gz(&gnu.into_inner().unwrap()));
    let record = format!("{} path={long}\n", long.len() + 10);
    let pax = tar_of(&[
        (b"/tmp/GlobalHead", EntryType::XGlobalHeader, b"9 a=b\n\n"),
        (b"x", EntryType::XHeader, record.as_bytes()),
        (b"src/short.rs", EntryType::Regular, b""),
        (b"src/lib.rs", EntryType::Regular, b""),
    ]);
    desk.put("pax.tgz", gz(&pax));
    for name in ["gnu.tgz", "pax.tgz"] {
        assert_eq!(desk.files(name), ["src/lib.rs", long.as_str()], "{name}");
    }
}

#[test]
fn litter_in_an_archive_is_looked_past() {
    let desk = Desk::new();
    let litter: &[(&str, &[u8])] = &[
        ("hw/src/lib.rs", b""),
        ("hw/src/._lib.rs", b"\xff"),
        ("__MACOSX/hw/src/._lib.rs", b"\xff"),
        ("__MACOSX/src/lib.rs", b"\xff"),
        ("hw/.DS_Store", b"\xff"),
        ("hw/target/src/lib.rs", b"\xff"),
        ("target/src/lib.rs", b"\xff"),
    ];
    desk.put("hw.zip", zip_of(litter));
    let mut entries: Vec<_> = litter
        .iter()
        .map(|(name, bytes)| (name.as_bytes(), EntryType::Regular, *bytes))
        .collect();
    entries.push((b"hw/target/debug/hw", EntryType::Link, b""));
    entries.push((b"hw/src/", EntryType::Regular, b""));
    entries.push((b"hw/src/", EntryType::Regular, b""));
    entries.push((b"hw/src", EntryType::Directory, b""));
    desk.put("hw.tgz", gz(&tar_of(&entries)));
    for name in ["hw.zip", "hw.tgz"] {
        assert_eq!(desk.files(name), ["src/lib.rs"], "{name}");
    }
}

#[test]
fn an_archive_must_hold_one_crate_once() {
    let desk = Desk::new();
    let dot: (&str, &[u8]) = ("./src/lib.rs", b"");
    for (files, said) in [
        (
            &[("b/src/lib.rs", &b""[..]), ("a/src/lib.rs", b"")][..],
            "holds more than one crate, `b/src/lib.rs` and `a/src/lib.rs`; hand in one",
        ),
        (
            &[LIB, dot],
            "holds `src/lib.rs` twice; pack it again from a clean folder",
        ),
        (
            &[LIB, ("src/a.rs/b.rs", b""), MODULE],
            "holds `src/a.rs` both as a file and as a folder; keep one of them",
        ),
        (
            &[("README.md", b"")],
            "holds no Rust file; pack the crate folder with its `src/lib.rs`",
        ),
        (
            &[],
            "holds no Rust file; pack the crate folder with its `src/lib.rs`",
        ),
        (
            &[("src/a.rs", b""), ("src/b.rs", b"")],
            &format!("has no `src/lib.rs`; {HAND_IN}"),
        ),
        (
            &[("src/lib.rs", b"\xff")],
            "holds `src/lib.rs`, which is not UTF-8 text; save it as UTF-8",
        ),
    ] {
        desk.put("hw.zip", zip_of(files));
        desk.put("hw.tgz", tar_gz(files));
        desk.refuses("hw.zip", said);
        desk.refuses("hw.tgz", said);
    }
    // The library keeps only the last of two equal names, so a zip is refused without saying which.
    let mut zip = zip_of(&[LIB, ("src/lib.rx", b"")]);
    rename(&mut zip, b"src/lib.rx", b"src/lib.rs");
    desk.put("hw.zip", zip);
    desk.refuses(
        "hw.zip",
        "lists a name twice; pack it again from a clean folder",
    );
}

#[test]
fn caps_hold_for_an_archive() {
    let desk = Desk::new();
    let files: &[(&str, &[u8])] = &[
        ("hw/src/lib.rs", b"12345"),
        ("hw/src/a/b.rs", b"12345"),
        ("hw/notes", b"1234567890"),
    ];
    desk.put("hw.zip", zip_of(files));
    desk.put("hw.tgz", tar_gz(files));
    let exact = Caps {
        files: 2,
        bytes: 10,
        entries: 3,
        // Three headers and three blocks of data, and two blocks for the end.
        unpacked_bytes: 8 * 512,
        depth: 3,
        archive_bytes: 4_096,
    };
    let caps = |change: fn(&mut Caps)| {
        let mut caps = exact.clone();
        change(&mut caps);
        caps
    };
    for name in ["hw.zip", "hw.tgz"] {
        desk.read(name, &exact).unwrap();
        for (caps, said) in caps_on_source(&exact, 2) {
            desk.refuses_within(&caps, name, &said);
        }
        let said = "unpacks to over 19 bytes, the limit; leave `target/` and large files out";
        desk.refuses_within(&caps(|caps| caps.unpacked_bytes = 19), name, said);
        let size = fs::metadata(desk.path(name)).unwrap().len();
        let said = format!(
            "has {size} bytes; the limit for an archive is 100 bytes, so leave `target/` out"
        );
        desk.refuses_within(&caps(|caps| caps.archive_bytes = 100), name, &said);
    }
    let one_less = caps(|caps| caps.unpacked_bytes -= 1);
    desk.refuses_within(
        &one_less,
        "hw.tgz",
        "unpacks to over 3.9 KiB, the limit; leave `target/` and large files out",
    );
}

#[test]
fn a_bomb_is_refused_wherever_in_the_tar_it_lies() {
    let desk = Desk::new();
    let zeros = vec![0; 2 * MIB];
    let after_the_end = [
        tar_of(&[(b"src/lib.rs", EntryType::Regular, b"")]),
        zeros.clone(),
    ];
    let bombs = [
        after_the_end.concat(),
        tar_of(&[(b"bomb", EntryType::Regular, &zeros)]),
        tar_of(&[(b".bomb", EntryType::Regular, &zeros)]),
        tar_of(&[(b"bomb", EntryType::GNULongName, &zeros)]),
        tar_of(&[(b"bomb", EntryType::XHeader, &zeros)]),
        tar_of(&[(b"bomb", EntryType::XGlobalHeader, &zeros)]),
    ];
    let caps = Caps {
        unpacked_bytes: MIB as u64,
        ..Caps::default()
    };
    for bomb in bombs {
        desk.put("hw.tgz", gz(&bomb));
        desk.refuses_within(
            &caps,
            "hw.tgz",
            "unpacks to over 1 MiB, the limit; leave `target/` and large files out",
        );
    }
}

#[test]
fn a_zip_that_lies_about_a_size_is_found_out() {
    let desk = Desk::new();
    let spaces = vec![b' '; 3 * MIB];
    let longer = "File is larger than its declared uncompressed size";
    let shorter = "src/lib.rs is said to have 8 bytes and has 7";
    for (text, stated, why) in [
        (&spaces[..], 3, longer),
        (LIB.1, 6, longer),
        (LIB.1, 8, shorter),
    ] {
        let mut zip = zip_of(&[("src/lib.rs", text)]);
        patch_table(&mut zip, 24, &u32::to_le_bytes(stated));
        desk.put("hw.zip", zip);
        desk.refuses(
            "hw.zip",
            &format!("is a damaged archive ({why}); pack it again"),
        );
    }
}

#[test]
fn what_a_zip_needs_beyond_plain_unzipping_is_refused() {
    let desk = Desk::new();
    let mut zip = zip_of(&[LIB]);
    patch_table(&mut zip, 8, &[1]);
    desk.put("locked.zip", zip);
    desk.refuses(
        "locked.zip",
        "holds `src/lib.rs` encrypted; pack it again without a password",
    );
    let mut zip = zip_of(&[LIB]);
    patch_table(&mut zip, 10, &[12]);
    desk.put("bzip2.zip", zip);
    desk.refuses(
        "bzip2.zip",
        "holds `src/lib.rs` packed in a way this cannot read; pack it again as a plain .zip",
    );
}

#[test]
fn an_archive_that_is_none_or_is_broken_is_refused() {
    let desk = Desk::new();
    desk.put("a.zip", tar_gz(&[LIB]));
    desk.put("b.tgz", zip_of(&[LIB]));
    desk.put("c.tar.gz", "");
    for (name, end, format) in [
        ("a.zip", ".zip", "zip"),
        ("b.tgz", ".tgz", "gzip"),
        ("c.tar.gz", ".tar.gz", "gzip"),
    ] {
        desk.refuses(
            name,
            &format!("is named `{end}` but is not a {format} archive; pack it again"),
        );
    }
    let tar = tar_gz(&[LIB, MODULE]);
    let zip = zip_of(&[LIB, MODULE]);
    for (name, good) in [("cut.tgz", &tar), ("cut.zip", &zip)] {
        for cut in [4, 20, good.len() / 2, good.len() - 1] {
            desk.put(name, &good[..cut]);
            let said = desk.refusal(name, &Caps::default());
            assert!(said.contains("` is a damaged archive ("), "{said}");
        }
    }
    let mut bent = zip.clone();
    // The checksum of the last file.
    patch_table(&mut bent, 16, &[0; 4]);
    desk.put("bent.zip", bent);
    desk.refuses(
        "bent.zip",
        "is a damaged archive (Invalid checksum); pack it again",
    );
    let mut tar = tar_of(&[(b"src/\x1b[1m\n.rs", EntryType::Regular, b"")]);
    tar[148..156].copy_from_slice(b"zzzzzzz\0");
    desk.put("bent.tgz", gz(&tar));
    let said = desk.refusal("bent.tgz", &Caps::default());
    assert!(!said.contains(char::is_control), "{said:?}");
}

/// What a stranger does to a file that was good.
#[derive(Debug, Clone)]
enum Harm {
    Cut(prop::sample::Index),
    Set(prop::sample::Index, u8),
    Fill(prop::sample::Index, [u8; 4]),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn harms() -> impl Strategy<Value = Vec<Harm>> {
    use Harm::{Cut, Fill, Repeat, Set};
    let at = any::<prop::sample::Index>;
    let extreme = prop_oneof![Just([0xff; 4]), Just([0; 4]), any::<[u8; 4]>()];
    let harm = prop_oneof![
        1 => at().prop_map(Cut),
        6 => (at(), any::<u8>()).prop_map(|(at, byte)| Set(at, byte)),
        3 => (at(), extreme).prop_map(|(at, bytes)| Fill(at, bytes)),
        1 => (at(), at()).prop_map(|(from, to)| Repeat(from, to)),
    ];
    prop::collection::vec(harm, 0..5)
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        if bytes.is_empty() {
            break;
        }
        match harm {
            Harm::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Harm::Set(at, byte) => *at.get_mut(&mut bytes) = *byte,
            Harm::Fill(at, with) => {
                let at = at.index(bytes.len());
                bytes
                    .iter_mut()
                    .skip(at)
                    .zip(with)
                    .for_each(|(to, from)| *to = *from);
            }
            Harm::Repeat(a, b) => {
                let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
                bytes.extend_from_within(a.min(b)..a.max(b));
            }
        }
    }
    bytes
}

/// Makes every block's checksum right that could be a header, so that harm gets past it.
fn with_checksums(mut tar: Vec<u8>) -> Vec<u8> {
    for block in tar.chunks_exact_mut(512) {
        if block[257..262] == *b"ustar" {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
    tar
}

/// Whatever is handed in: no panic, no more taken than the caps allow, and a refusal of one printable line.
fn stays_within_the_caps(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let caps = Caps {
        files: 3,
        bytes: 64,
        archive_bytes: 16_384,
        entries: 8,
        unpacked_bytes: 32_768,
        depth: 4,
    };
    let desk = Desk::new();
    desk.put(name, bytes);
    match desk.read(name, &caps) {
        Ok(submission) => {
            let files = submission.files();
            let total: usize = files.values().map(String::len).sum();
            prop_assert!(total <= 64 && files.len() <= 3);
            prop_assert!(files.contains_key(submission.root_file()));
            prop_assert!(files.keys().all(|path| path.split('/').count() <= 4));
            submission.write_to(&desk.path("out")).unwrap();
            let out = fs::canonicalize(desk.path("out")).unwrap();
            for path in files.keys() {
                prop_assert!(fs::canonicalize(out.join(path)).unwrap().starts_with(&out));
            }
        }
        Err(error) => {
            prop_assert!(error.is_rejection(), "{}", error);
            prop_assert!(!error.to_string().contains(char::is_control), "{:?}", error);
        }
    }
    Ok(())
}

fn a_good_tar() -> Vec<u8> {
    let record = b"22 path=hw/src/a/b.rs\n";
    tar_of(&[
        (b"hw/", EntryType::Directory, b""),
        (b"hw/src/lib.rs", EntryType::Regular, b"mod a;\n"),
        (b"x", EntryType::XHeader, record),
        (b"hw/src/x.rs", EntryType::Regular, b"// b\n"),
        (b"././@LongLink", EntryType::GNULongName, b"hw/src/a.rs\0"),
        (b"hw/src/y.rs", EntryType::Regular, b"mod b;\n"),
        (b"hw/notes", EntryType::Regular, b"notes"),
    ])
}

fn a_good_zip() -> Vec<u8> {
    zip_of(&[
        ("hw/src/lib.rs", b"mod a;\n"),
        ("hw/src/a.rs", b"mod b;\n"),
        ("hw/src/a/b.rs", b"// bbbbbbbbbbbbbbbb\n"),
        ("hw/notes", b"notes"),
    ])
}

#[test]
fn what_the_harm_is_done_to_is_good() {
    let desk = Desk::new();
    desk.put("hw.tgz", gz(&with_checksums(a_good_tar())));
    desk.put("hw.zip", a_good_zip());
    let files = ["src/a.rs", "src/a/b.rs", "src/lib.rs"];
    assert_eq!(desk.files("hw.tgz"), files);
    assert_eq!(desk.files("hw.zip"), files);
}

proptest! {
    #[test]
    fn noise_under_any_name_is_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        stays_within_the_caps("hw.rs", &bytes)?;
        for (name, magic) in [("hw.zip", &b"PK\x03\x04"[..]), ("hw.tgz", b"\x1f\x8b\x08\0")] {
            stays_within_the_caps(name, &bytes)?;
            stays_within_the_caps(name, &[magic, &bytes].concat())?;
        }
        stays_within_the_caps("hw.tgz", &gz(&bytes))?;
    }

    #[test]
    fn a_harmed_tar_is_read_or_refused(harms in harms()) {
        stays_within_the_caps("hw.tgz", &harmed(gz(&a_good_tar()), &harms))?;
        let tar = harmed(a_good_tar(), &harms);
        stays_within_the_caps("hw.tgz", &gz(&tar))?;
        stays_within_the_caps("hw.tgz", &gz(&with_checksums(tar)))?;
    }

    #[test]
    fn a_harmed_zip_is_read_or_refused(harms in harms()) {
        stays_within_the_caps("hw.zip", &harmed(a_good_zip(), &harms))?;
    }
}
