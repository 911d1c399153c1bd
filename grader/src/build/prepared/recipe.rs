//! Everything that goes into a build, and how it is built. Its main type is [`Recipe`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::manifest::Manifest;
use super::{Audience, PrepareError, Prepared, loaded, shared, tidy};
use crate::build::cargo;
use crate::course::{Course, CourseError};
use crate::drive::toolchain::Toolchain;

/// Changed whenever the way of building changes.
const RECIPE: &str = "7";

/// Crates that every submission may use, with their features.
const ALWAYS: [&str; 3] = ["kit", "tokio", "futures"];

/// The launcher's file name, and the name of the library that seals.
const LAUNCHER: &str = "launcher";
const SEAL: &str = "seal";

/// Everything that goes into a build.
pub(super) struct Recipe {
    /// A hash of it all.
    pub(super) key: String,
    manifest: String,
    lockfile: PathBuf,
    crates: Vec<String>,
}

impl Recipe {
    /// Of the whole course, or `without` what one drill wants.
    pub(super) fn of(
        course: &Course,
        toolchain: &Toolchain,
        without: Option<&str>,
    ) -> Result<Recipe, PrepareError> {
        let root = course.root();
        let mut allowed: BTreeMap<String, toml::Value> = BTreeMap::new();
        for slug in course
            .slugs()?
            .iter()
            .filter(|slug| Some(&***slug) != without)
        {
            // A file that cannot be read spoils its own drill, when that is graded.
            let Ok(exercise) = course.exercise(slug) else {
                continue;
            };
            allowed.extend(exercise.crates);
        }
        let manifest = manifest(root, &allowed);
        let lockfile = root.join("Cargo.lock");
        let mut key = Sha256::new();
        let mut add = |bytes: &[u8]| {
            key.update((bytes.len() as u64).to_le_bytes());
            key.update(bytes);
        };
        add(RECIPE.as_bytes());
        add(toolchain.fingerprint().as_bytes());
        add(manifest.as_bytes());
        let mut sources = vec![
            lockfile.clone(),
            root.join("Cargo.toml"),
            root.join("exercises/Cargo.toml"),
        ];
        sources.extend(rust_files(&root.join("grader/worker"))?);
        sources.extend(rust_files(&root.join("grader/protocol"))?);
        sources.extend(rust_files(&root.join("grader/sandbox"))?);
        sources.extend(rust_files(&root.join("exercises/kit"))?);
        for path in sources {
            let text = fs::read(&path).map_err(|source| CourseError::Read {
                path: path.clone(),
                source,
            })?;
            add(path.to_string_lossy().as_bytes());
            add(&text);
        }
        let key: String = key
            .finalize()
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut crates: Vec<String> = ALWAYS.iter().map(|name| (*name).to_owned()).collect();
        crates.push("worker".to_owned());
        crates.extend(allowed.into_keys().map(|name| name.replace('-', "_")));
        Ok(Recipe {
            key,
            manifest,
            lockfile,
            crates,
        })
    }

    pub(super) fn build(
        &self,
        dir: &Path,
        toolchain: &Toolchain,
        audience: Audience<'_>,
    ) -> Result<Prepared, PrepareError> {
        let failed = |source| PrepareError::Io {
            path: dir.to_owned(),
            source,
        };
        let package = dir.join("package");
        fs::create_dir_all(package.join("src")).map_err(failed)?;
        fs::write(package.join("Cargo.toml"), &self.manifest).map_err(failed)?;
        fs::write(package.join("src/lib.rs"), SEAL_SOURCE).map_err(failed)?;
        fs::write(package.join("src/launcher.rs"), LAUNCHER_SOURCE).map_err(failed)?;
        fs::copy(&self.lockfile, package.join("Cargo.lock")).map_err(failed)?;

        let mut command = Command::new(toolchain.cargo());
        command
            .args([
                "build",
                "--release",
                "--message-format=json-render-diagnostics",
            ])
            .current_dir(&package)
            .env("CARGO_TARGET_DIR", dir.join("target"))
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags().join("\u{1f}"))
            .env("RUSTC", toolchain.rustc())
            .env_remove("RUSTFLAGS")
            .env_remove("RUSTC_WRAPPER")
            .env_remove("RUSTC_WORKSPACE_WRAPPER")
            .env_remove("CARGO_BUILD_TARGET")
            .stdin(Stdio::null());
        let words = [
            "preparing the crates that submissions are linked with; this happens once",
            "prepared",
        ];
        let built = cargo::run(command, audience, words).map_err(failed)?;
        let messages = built.map_err(PrepareError::Cargo)?;
        let Artifacts {
            externs,
            launcher,
            seal,
        } = self.artifacts(&messages)?;
        let deps = dir.join("target/release/deps");
        tidy::tidy(&deps).map_err(failed)?;
        let shared = shared::build(dir, toolchain, &externs, &deps, &self.flags())?;
        let manifest =
            Manifest::of(&deps, &[&launcher, &seal], shared.as_deref()).map_err(failed)?;
        Ok(Prepared {
            externs,
            deps,
            launcher,
            seal,
            shared,
            loaded: loaded::by(toolchain.rustc()).map_err(failed)?,
            manifest: Arc::new(Mutex::new(manifest)),
            spoilt: None,
            _used: None,
        })
    }

    /// Flags for a replayable task order, for hooks that count polls, and for panic
    /// messages that do not reveal where on this machine the crates' sources are.
    fn flags(&self) -> Vec<String> {
        let mut flags = vec!["--cfg".to_owned(), "tokio_unstable".to_owned()];
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
        let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home);
        let places = [(cargo.as_deref(), "cargo"), (self.lockfile.parent(), "")];
        for (place, name) in places {
            if let Some(place) = place {
                flags.push(format!("--remap-path-prefix={}={name}", place.display()));
            }
        }
        flags
    }

    /// The rlibs that cargo reports, for the crates that can be named. cargo reports
    /// dependencies first, so that of two versions the one named here comes last.
    fn artifacts(&self, messages: &[u8]) -> Result<Artifacts, PrepareError> {
        #[derive(Deserialize)]
        struct Message {
            reason: String,
            target: Option<Target>,
            #[serde(default)]
            filenames: Vec<PathBuf>,
            executable: Option<PathBuf>,
        }
        #[derive(Deserialize)]
        struct Target {
            name: String,
        }
        let mut externs = BTreeMap::new();
        let (mut launcher, mut seal) = (None, None);
        for line in messages
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let Ok(message) = serde_json::from_slice::<Message>(line) else {
                continue;
            };
            let name = message
                .target
                .map(|target| target.name.replace('-', "_"))
                .unwrap_or_default();
            if name == LAUNCHER && message.executable.is_some() {
                launcher = message.executable;
                continue;
            }
            if name == SEAL {
                seal = message.filenames.into_iter().next();
                continue;
            }
            let rlib = message
                .filenames
                .into_iter()
                .find(|path| path.extension().is_some_and(|it| it == "rlib"));
            if let (true, true, Some(rlib)) = (
                message.reason == "compiler-artifact",
                self.crates.contains(&name),
                rlib,
            ) {
                externs.insert(name, rlib);
            }
        }
        let missing = self.crates.iter().find(|name| !externs.contains_key(*name));
        match (missing, launcher, seal) {
            (Some(missing), ..) => Err(PrepareError::Cargo(format!(
                "it built no crate `{missing}`"
            ))),
            (None, Some(launcher), Some(seal)) => Ok(Artifacts {
                externs,
                launcher,
                seal,
            }),
            (None, launcher, _) => Err(PrepareError::Cargo(format!(
                "it built no {}",
                if launcher.is_none() { LAUNCHER } else { SEAL }
            ))),
        }
    }
}

/// What a build is asked for.
struct Artifacts {
    externs: BTreeMap<String, PathBuf>,
    launcher: PathBuf,
    seal: PathBuf,
}

/// Node calls this function of a library that it loads. The seal is an argument of the
/// process, and the library's own path is the last one.
const SEAL_SOURCE: &str = "\
//! The seal as a library; see grader/sandbox.

use std::ffi::c_void;

#[unsafe(no_mangle)]
pub extern \"C\" fn napi_register_module_v1(_: *mut c_void, exports: *mut c_void) -> *mut c_void {
    let arguments: Vec<String> = std::env::args().collect();
    let how = arguments.iter().rev().nth(2);
    sandbox::seal_as_library(how.map(String::as_str));
    exports
}
";

const LAUNCHER_SOURCE: &str = "\
//! The launcher; see grader/sandbox.

fn main() -> std::process::ExitCode {
    sandbox::main()
}
";

fn manifest(root: &Path, allowed: &BTreeMap<String, toml::Value>) -> String {
    let path = |path: &str| {
        root.join(path)
            .to_string_lossy()
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
    };
    let mut text = format!(
        "# Written by the grader; see grader/src/build/prepared/recipe.rs.\n\
         [package]\nname = \"prepared\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n\
         [lib]\nname = \"seal\"\ncrate-type = [\"cdylib\"]\n\n\
         [[bin]]\nname = \"launcher\"\npath = \"src/launcher.rs\"\n\n\
         [profile.release]\nopt-level = 2\ncodegen-units = 1\ndebug = false\nincremental = false\n\n\
         [profile.release.package.bcrypt]\nopt-level = 3\n\
         [profile.release.package.blowfish]\nopt-level = 3\n\n\
         [dependencies]\n\
         sandbox = {{ path = \"{}\", features = [\"enforce\"] }}\n\
         worker = {{ path = \"{}\", features = [\"puppet\"] }}\n\
         kit = {{ path = \"{}\", features = [\"supervised\"] }}\n\
         tokio = {{ version = \"1\", features = [\"full\", \"test-util\"] }}\n\
         futures = \"0.3\"\n",
        path("grader/sandbox"),
        path("grader/worker"),
        path("exercises/kit"),
    );
    for (name, wanted) in allowed {
        // A value, so that a table stands on one line.
        text.push_str(&format!("{name} = {wanted}\n"));
    }
    text
}

fn rust_files(dir: &Path) -> Result<Vec<PathBuf>, CourseError> {
    let mut files = vec![dir.join("Cargo.toml")];
    let mut folders = vec![dir.join("src")];
    while let Some(folder) = folders.pop() {
        let failed = |source| CourseError::Read {
            path: folder.clone(),
            source,
        };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in the comment that every exercise.toml has.
    #[test]
    fn crates_are_asked_for_as_in_a_cargo_toml() {
        let template = include_str!("../../authors/scaffold/common/exercise.txt");
        let example = template.lines().find_map(|line| line.strip_prefix("# {"));
        let example = format!("{{{}", example.expect("there is an example"));
        let text = template.replace("crates = {}", &format!("crates = {example}"));
        let exercise: crate::course::Exercise = toml::from_str(&text).expect("it can be read");
        let manifest = manifest(Path::new("/course"), &exercise.crates);
        let manifest: toml::Table = manifest.parse().expect("it is a manifest");
        let moka = &manifest["dependencies"]["moka"];
        assert_eq!(moka["version"].as_str(), Some("0.12"));
        assert_eq!(moka["features"][0].as_str(), Some("future"));
        let short: toml::Value = toml::Value::String("0.12".to_owned());
        let crates = BTreeMap::from([("moka".to_owned(), short)]);
        let text = super::manifest(Path::new("/course"), &crates);
        assert!(text.ends_with("moka = \"0.12\"\n"), "{text}");
    }
}
