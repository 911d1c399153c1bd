//! The file of `--out`: whole or not at all, so that results of before are not lost to a full
//! disk or an interrupt.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};

use crate::class::class_report::fresh_file_in;

/// Finds out whether a file can be written, before there is anything to write.
pub(super) fn check(path: &Path) -> Result<()> {
    let is_there = path.exists();
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    opened.with_context(|| {
        format!(
            "cannot write `{}`; name a file in a folder that exists",
            path.display()
        )
    })?;
    if !is_there {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Writes the file as people and programs read it, without colours.
pub(super) fn write(path: &Path, text: &[u8]) -> Result<()> {
    let text = anstream::adapter::strip_bytes(text).into_vec();
    let written = match fs::symlink_metadata(path) {
        // What lies elsewhere, or is no file, is written where it is.
        Ok(met) if !met.is_file() => File::create(path).and_then(|mut it| it.write_all(&text)),
        _ => put(path, &text),
    };
    written.with_context(|| {
        format!(
            "cannot write `{}`; make space, or name another file",
            path.display()
        )
    })
}

fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let Ok(mut file) = fresh_file_in(folder.unwrap_or(Path::new("."))) else {
        // A folder in which nothing new may be put.
        return File::create(path).and_then(|mut it| it.write_all(text));
    };
    file.write_all(text)?;
    if let Ok(before) = fs::metadata(path) {
        file.as_file().set_permissions(before.permissions())?;
    }
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_what_it_may_be_read_by_stays() {
        let folder = tempfile::tempdir().expect("there is space");
        let path = folder.path().join("verdicts.json");
        check(&path).expect("it can be written");
        assert!(!path.exists(), "nothing is there before it is whole");
        write(&path, b"one").expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("it is ours");
        check(&path).expect("it can be written");
        assert_eq!(fs::read(&path).expect("it is there"), b"one");
        write(&path, b"\x1b[31mtwo\x1b[0m").expect("it can be written");
        assert_eq!(fs::read(&path).expect("it is there"), b"two");
        let mode = fs::metadata(&path).expect("it is there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o640);
        let link = folder.path().join("link");
        symlink(&path, &link).expect("it is ours");
        write(&link, b"three").expect("it can be written");
        assert_eq!(fs::read(&path).expect("it is there"), b"three");
        let names = fs::read_dir(folder.path()).expect("it is ours").count();
        assert_eq!(names, 2, "nothing else is left");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_cannot_be_written_is_named() {
        let error = write(Path::new("/dev/full"), b"text").expect_err("it is full");
        assert!(error.to_string().contains("/dev/full"), "{error}");
        let error = check(Path::new("/no/such/folder/x")).expect_err("it is not there");
        assert!(error.to_string().contains("/no/such/folder/x"), "{error}");
    }
}
