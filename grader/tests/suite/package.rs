//! Packages for other systems: each is unpacked and run here as it will be there, as
//! far as possible without them.

mod container;
mod gradescope;
mod workflow;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use grader::authors::package::{PARTS, Packing, files, workflow};
use saphyr::{LoadableYamlNode, Yaml};
use tempfile::TempDir;

use crate::courses::{Said, Scratch, real, root};

const RIGHT: &str = "solutions/cache_race/src/lib.rs";
const WRONG: &str = "solutions/cache_race/wrong/coalesced.rs";

/// The zip that `package gradescope` writes, unpacked as Gradescope does.
fn unpacked(arguments: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("there is space");
    let out = folder.path().join("out");
    let mut command = crate::courses::program();
    command
        .current_dir(root())
        .args(["package", "gradescope"])
        .args(arguments)
        .arg("--out")
        .arg(&out);
    let said = Said::by(&mut command);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains("autograder.zip; upload it"),
        "{}",
        said.out
    );
    let file = fs::File::open(out.join("autograder.zip")).expect("it was written");
    let mut zip = zip::ZipArchive::new(file).expect("it is a zip");
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).expect("it can be read");
        let place = folder
            .path()
            .join("source")
            .join(&*entry.name().expect("it is text"));
        fs::create_dir_all(place.parent().expect("it is below")).expect("it is ours");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("it is whole");
        fs::write(&place, bytes).expect("it is ours");
        let mode = entry.unix_mode().expect("it has one");
        fs::set_permissions(&place, fs::Permissions::from_mode(mode)).expect("it is ours");
    }
    for name in ["submission", "results"] {
        fs::create_dir(folder.path().join(name)).expect("it is a new place");
    }
    folder
}

/// A program of this name that only notes how it was called.
fn stand_in(folder: &Path, name: &str) {
    let log = folder.join("calls");
    let text = format!("#!/bin/sh\necho {name} \"$@\" >> '{}'\n", log.display());
    fs::create_dir_all(folder.join("bin")).expect("it is ours");
    let path = folder.join("bin").join(name);
    fs::write(&path, text).expect("it is ours");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// The search path with our stand-ins first.
fn path_with(folder: &Path) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{}:{path}", folder.join("bin").display())
}
