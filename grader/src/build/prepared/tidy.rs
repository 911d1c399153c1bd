//! What cargo leaves beside the crates it built, and nothing reads: removed before the crates are listed.

use std::fs;
use std::io;
use std::path::Path;

/// Removes from the folder of crates what names places on this machine, as rustc may read this folder; and each
/// crate's metadata, which its rlib holds once more. They are two fifths of all there is.
pub(super) fn tidy(deps: &Path) -> io::Result<()> {
    for entry in fs::read_dir(deps)? {
        let path = entry?.path();
        let is = |ending: &str| {
            path.extension()
                .is_some_and(|extension| extension == ending)
        };
        if is("d") || is("rmeta") && path.with_extension("rlib").is_file() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_worker_is_linked_with_stays() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            "liba-1.rlib",
            "liba-1.rmeta",
            "a-1.d",
            "libb-2.rmeta",
            "libc-3.so",
        ];
        for name in files {
            fs::write(folder.path().join(name), "").unwrap();
        }
        tidy(folder.path()).unwrap();
        let left = fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<String> = left
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["liba-1.rlib", "libb-2.rmeta", "libc-3.so"]);
    }
}
