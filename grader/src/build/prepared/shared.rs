//! The prepared crates a second time, as one shared library. A worker linked with it
//! needs a few symbols instead of sixty archives, and linking takes half the time.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::PrepareError;
use crate::drive::toolchain::Toolchain;

/// The library's name, as a crate.
pub(crate) const NAME: &str = "prepared_crates";

/// Builds it in a folder of its own below `dir`, with the standard library beside it,
/// of which there may be only one in a process. `None` where rustc or the system
/// treats shared libraries differently from GNU/Linux.
pub(super) fn build(
    dir: &Path,
    toolchain: &Toolchain,
    externs: &BTreeMap<String, PathBuf>,
    deps: &Path,
    flags: &[String],
) -> Result<Option<PathBuf>, PrepareError> {
    let folder = dir.join("shared");
    let Some(standard) = standard_library(toolchain).filter(|_| can_be_searched(&folder)) else {
        return Ok(None);
    };
    let failed = |source| PrepareError::Io {
        path: folder.clone(),
        source,
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    let name = standard.file_name().unwrap_or_default();
    fs::copy(&standard, folder.join(name)).map_err(failed)?;
    let all = externs.keys().map(|name| format!("extern crate {name};\n"));
    let source = folder.join(format!("{NAME}.rs"));
    fs::write(&source, all.collect::<String>()).map_err(failed)?;

    let mut command = Command::new(toolchain.rustc());
    command
        .args(["--edition", "2024", "--crate-type", "dylib"])
        .args(["--crate-name", NAME, "--cap-lints", "allow"])
        .args(["-C", "prefer-dynamic", "-C", "opt-level=2"])
        .args(["-C", "strip=debuginfo"])
        .args(["-C", "link-arg=-Wl,-rpath,$ORIGIN"])
        .args(flags)
        .arg("-L")
        .arg(format!("dependency={}", deps.display()));
    for (name, rlib) in externs {
        command.arg("--extern").arg(named(name, rlib));
    }
    let library = folder.join(format!("lib{NAME}.so"));
    command.arg("-o").arg(&library).arg(&source);
    let output = command.stdin(Stdio::null()).output().map_err(failed)?;
    fs::remove_file(&source).map_err(failed)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let why = play::text::one_line(said.trim(), 400);
        return Err(PrepareError::Cargo(why));
    }
    Ok(Some(library))
}

/// The argument of `--extern`.
pub(crate) fn named(name: &str, library: &Path) -> String {
    format!("{name}={}", library.display())
}

/// The toolchain's standard library in the form that can be shared.
fn standard_library(toolchain: &Toolchain) -> Option<PathBuf> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return None;
    }
    let asked = Command::new(toolchain.rustc())
        .args(["--print", "target-libdir"])
        .output()
        .ok()?;
    let folder = String::from_utf8(asked.stdout).ok()?;
    let entries = fs::read_dir(folder.trim()).ok()?;
    let mut found = entries.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libstd-") && path.extension() == Some(OsStr::new("so"))
    });
    found.next()
}

/// Whether the folder's name can be passed to the dynamic linker, which treats some
/// characters specially, and to the linker that passes it on.
fn can_be_searched(folder: &Path) -> bool {
    let text = folder.to_str();
    text.is_some_and(|text| !text.contains([':', ';', '$', ',', '%']))
}

/// Whether everybody may read the library and the files beside it: root's workers
/// run as another user, and find their libraries by name.
pub(super) fn is_for_everybody(library: &Path) -> bool {
    /// The mode bits with which all other users may read a file and search a folder.
    const READ: u32 = 0o004;
    const SEARCH: u32 = 0o001;
    let has = |place: &Path, right: u32| {
        let meta = fs::metadata(place);
        meta.is_ok_and(|meta| meta.permissions().mode() & right != 0)
    };
    let Some(folder) = library.parent() else {
        return false;
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files = files.map(|file| file.path());
    files.all(|file| has(&file, READ)) && folder.ancestors().all(|above| has(above, SEARCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_closed_folder_is_not_for_everybody() -> std::io::Result<()> {
        let outer = tempfile::tempdir()?;
        let folder = outer.path().join("inner");
        fs::create_dir(&folder)?;
        let library = folder.join("library.so");
        fs::write(&library, "")?;
        let allow =
            |place: &Path, mode| fs::set_permissions(place, fs::Permissions::from_mode(mode));
        allow(&folder, 0o711)?;
        for (of_file, of_outer, is) in [
            (0o644, 0o711, true),
            (0o644, 0o700, false),
            (0o640, 0o711, false),
        ] {
            allow(&library, of_file)?;
            allow(outer.path(), of_outer)?;
            assert_eq!(
                is_for_everybody(&library),
                is,
                "{of_file:o} in {of_outer:o}"
            );
        }
        Ok(())
    }
}
