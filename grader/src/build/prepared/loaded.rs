//! The shared libraries that a program loads. rustc is given its own and nothing else of
//! the system's.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The libraries that the dynamic linker says it would load for `program`; `None` if it
/// does not say, as on systems without glibc.
///
/// # Errors
/// When the program cannot be started, or something ends it.
pub(super) fn by(program: &Path) -> io::Result<Vec<PathBuf>> {
    // It lists the libraries and starts nothing, as `ldd` does.
    let listed = Command::new(program.canonicalize()?)
        .env("LD_TRACE_LOADED_OBJECTS", "1")
        .stdin(Stdio::null())
        .output()?;
    if listed.status.code().is_none() {
        let how = listed.status;
        return Err(io::Error::other(format!(
            "listing rustc's libraries: {how}"
        )));
    }
    let listed = String::from_utf8_lossy(&listed.stdout);
    let libraries: Vec<PathBuf> = listed.lines().filter_map(library).collect();
    // All or nothing: the program does not start without all of them.
    Ok(match libraries.iter().all(|path| path.is_file()) {
        true => libraries,
        false => Vec::new(),
    })
}

/// `NAME => PATH (ADDRESS)` or `PATH (ADDRESS)`.
fn library(line: &str) -> Option<PathBuf> {
    let (named, _) = line.trim().rsplit_once(" (0x")?;
    let path = Path::new(named.split_once(" => ").map_or(named, |(_, path)| path));
    if !path.is_absolute() {
        // The kernel's own.
        return None;
    }
    let folder = path.parent()?;
    let has_dots = folder.components().any(|part| part.as_os_str() == "..");
    // Under the name that is looked for, which may be a link.
    match has_dots {
        true => Some(folder.canonicalize().ok()?.join(path.file_name()?)),
        false => Some(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_dynamic_linker_is_taken_apart() {
        let at = |line| library(line).map(|path| path.display().to_string());
        assert_eq!(at("\tlinux-vdso.so.1 (0x00007f5ee331d000)"), None);
        assert_eq!(
            at("\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f5edb41e000)").as_deref(),
            Some("/lib/x/libc.so.6")
        );
        assert_eq!(
            at("\t/lib64/ld-linux.so.2 (0x00007f5ee331f000)").as_deref(),
            Some("/lib64/ld-linux.so.2")
        );
        assert_eq!(
            at("\tliba.so => /usr/bin/../bin/liba.so (0x1)").as_deref(),
            Path::new("/usr/bin")
                .canonicalize()
                .ok()
                .map(|bin| bin.join("liba.so").display().to_string())
                .as_deref()
        );
        assert_eq!(at("\tlibgone.so => not found"), None);
        assert_eq!(at("rustc 1.95.0"), None);
    }
}
