//! The two policies: what rustc may see, and what a worker may see.

use std::path::{Path, PathBuf};

use sandbox::{Policy, Stage};

use crate::drive::limits::Limits;
use crate::drive::program::Program;
use crate::drive::sandbox::{Sandbox, Tier};
use crate::drive::toolchain::Toolchain;

/// The paths of everything that rustc needs on this machine.
#[derive(Clone, Debug)]
pub struct Places {
    rustc: PathBuf,
    sysroot: PathBuf,
    /// The shared libraries that rustc itself loads.
    loaded: Vec<PathBuf>,
    /// The folder of the standard library's crates in the toolchain.
    standard: Vec<PathBuf>,
    linker: Option<PathBuf>,
    /// The toolchain's faster linker, if it has one: it takes a third of the time.
    quick_linker: Option<PathBuf>,
    deps: PathBuf,
    /// The library that a worker is linked with, if it is.
    shared: Option<PathBuf>,
    /// An empty folder, for the launcher to build a file system over.
    root: PathBuf,
}

/// The purpose of a call of rustc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calling {
    /// To compile a submission to a library: rustc sees what it needs for that, and
    /// nothing of the system's.
    ForLibrary,
    /// To link that library: rustc sees what a linker needs, and no text of a submission.
    ToLink,
}

/// Where Linux systems keep linkers, and what these run and link.
const SYSTEM: &[&str] = &[
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/nix/store",
];

/// Where the system lists its libraries.
const LIBRARIES: &str = "/etc/ld.so.cache";

/// What else a linker reads.
const SETTINGS: &[&str] = &[LIBRARIES, "/etc/alternatives"];

impl Places {
    /// Looks for them. rustc itself loads the libraries `loaded`; a worker's crates are in
    /// `deps`, and perhaps once more in the library `shared`.
    ///
    /// # Errors
    /// When the toolchain or the prepared crates are gone.
    pub fn find(
        toolchain: &Toolchain,
        loaded: Vec<PathBuf>,
        deps: &Path,
        shared: Option<&Path>,
        root: PathBuf,
    ) -> std::io::Result<Places> {
        let rustc = toolchain.rustc().canonicalize()?;
        let sysroot = rustc.ancestors().nth(2).unwrap_or(Path::new("/"));
        std::fs::create_dir_all(&root)?;
        Ok(Places {
            quick_linker: quick_linker(sysroot),
            loaded,
            standard: standard(sysroot),
            sysroot: sysroot.to_owned(),
            rustc,
            linker: linker(),
            deps: deps.to_owned(),
            shared: shared.map(Path::to_owned),
            root,
        })
    }

    /// The arguments that make the linker called in the job folder `dir` use the
    /// toolchain's own linker, if it has one. rustc would do so by itself if it were not
    /// told where the linker is.
    pub fn linking_quickly(&self, dir: &Path) -> std::io::Result<Vec<String>> {
        let Some(linker) = &self.quick_linker else {
            return Ok(Vec::new());
        };
        // That linker chooses its flavour by the name it is called by. The toolchain's
        // wrapper for this looks at its own path, which is not visible here.
        std::fs::create_dir(dir.join("linker"))?;
        std::os::unix::fs::symlink(linker, dir.join("linker/ld.lld"))?;
        let arguments = [
            "link-arg=-fuse-ld=lld",
            "link-arg=-Blinker",
            // Sharing the work out would take longer than doing it.
            "link-arg=-Wl,--threads=1",
        ];
        let arguments = arguments.map(|argument| ["-C".to_owned(), argument.to_owned()]);
        Ok(arguments.concat())
    }

    /// The toolchain's folder.
    pub fn sysroot(&self) -> &Path {
        &self.sysroot
    }

    /// The library that holds what a worker needs, if it is linked with one.
    pub fn shared(&self) -> Option<&Path> {
        self.shared.as_deref()
    }

    /// An empty folder, for the launcher to build a file system over.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where a worker finds the libraries it is linked with, but for the system's.
    pub(super) fn libraries(&self) -> Option<&Path> {
        self.shared()?.parent()
    }

    /// rustc's policy for one call in the job folder `dir`, in which it may write to
    /// `out` and `tmp` only.
    pub fn compiling(
        &self,
        sandbox: &Sandbox,
        limits: &Limits,
        user: u32,
        dir: &Path,
        calling: Calling,
        arguments: Vec<String>,
    ) -> Policy {
        let mut all = vec!["--sysroot".to_owned(), text(&self.sysroot)];
        // Relative to the job folder, and without its name.
        let mut environment = vec![("TMPDIR".to_owned(), "tmp".to_owned())];
        let (mut execute, mut read);
        // If it is unknown what rustc loads, rustc has to find it.
        if calling == Calling::ForLibrary && !self.loaded.is_empty() {
            execute = self.loaded.clone();
            execute.push(self.rustc.clone());
            read = vec![PathBuf::from(LIBRARIES)];
            read.extend(self.standard.iter().cloned());
        } else {
            execute = SYSTEM.iter().map(PathBuf::from).collect();
            execute.push(self.sysroot.clone());
            read = SETTINGS.iter().map(PathBuf::from).collect();
            let mut path = "/usr/bin:/bin".to_owned();
            if let Some(linker) = &self.linker {
                all.extend(["-C".to_owned(), format!("linker={}", linker.display())]);
                if let Some(folder) = linker.parent() {
                    path = format!("{}:{path}", folder.display());
                    execute.push(folder.to_owned());
                }
            }
            environment.push(("PATH".to_owned(), path));
        }
        all.extend(arguments);
        read.extend([self.deps.clone(), dir.to_owned()]);
        read.extend(self.libraries().map(Path::to_owned));
        Policy {
            stage: Stage::Compile,
            strict: sandbox.tier() == Tier::Full,
            execute,
            read,
            write: vec![dir.join("out"), dir.join("tmp")],
            root: Some(self.root.clone()),
            user,
            limits: sandbox::Allowance {
                cpu_seconds: limits.cpu.as_secs(),
                address_bytes: limits.memory_bytes,
                data_bytes: limits.memory_bytes,
                file_bytes: 256 << 20,
                files: 1024,
                threads: limits.threads,
            },
            program: self.rustc.clone(),
            name: None,
            arguments: all,
            hands_filters: false,
            hands_library: None,
            environment,
            folder: dir.to_owned(),
        }
    }
}

/// A worker's policy.
pub(crate) fn running(sandbox: &Sandbox, limits: &Limits, program: &Program) -> Policy {
    /// The address space that threads reserve and do not use.
    const RESERVED: u64 = 4 << 30;
    /// What a thread's stack takes of its data.
    const STACK: u64 = (2 << 20) + (64 << 10);
    Policy {
        stage: Stage::Run,
        strict: sandbox.tier() == Tier::Full,
        // The libraries it is linked with. They are sealed off before the first
        // line of the submission runs.
        execute: SYSTEM
            .iter()
            .map(PathBuf::from)
            .chain(sandbox.libraries().map(Path::to_owned))
            .chain(program.reads.iter().cloned())
            .collect(),
        read: vec![PathBuf::from(LIBRARIES)],
        write: Vec::new(),
        root: None,
        user: limits.user,
        limits: sandbox::Allowance {
            cpu_seconds: limits.cpu.as_secs(),
            address_bytes: RESERVED + limits.memory_bytes,
            data_bytes: limits.memory_bytes + limits.threads * STACK,
            file_bytes: 0,
            files: 256,
            threads: limits.threads,
        },
        name: program.is_interpreter.then(|| text(&program.path)),
        program: program.path.clone(),
        arguments: [
            &program.arguments[..],
            &[sandbox.seal().to_owned(), limits.memory_bytes.to_string()],
        ]
        .concat(),
        hands_filters: program.is_interpreter && program.seal.is_none(),
        hands_library: program.seal.clone(),
        // Otherwise each thread reserves 64 MiB of address space for itself.
        environment: [
            &program.environment[..],
            &[("MALLOC_ARENA_MAX".to_owned(), "2".to_owned())],
        ]
        .concat(),
        folder: PathBuf::from("/"),
    }
}

/// The folders of the toolchain that hold crates and no sources.
fn standard(sysroot: &Path) -> Vec<PathBuf> {
    let targets = std::fs::read_dir(sysroot.join("lib/rustlib"));
    let targets = targets.into_iter().flatten().flatten();
    let folders = targets
        .flat_map(|target| ["lib", "codegen-backends"].map(|folder| target.path().join(folder)));
    folders.filter(|folder| folder.is_dir()).collect()
}

/// The linker that rustc would call, by its real name.
fn linker() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join("cc"));
    found
        .filter_map(|cc| cc.canonicalize().ok())
        .find(|cc| cc.is_file())
}

/// The linker in the toolchain that rustc uses if it may choose.
fn quick_linker(sysroot: &Path) -> Option<PathBuf> {
    if !cfg!(all(
        target_os = "linux",
        target_arch = "x86_64",
        target_env = "gnu"
    )) {
        // rustc would not choose it.
        return None;
    }
    let linker = sysroot.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    linker.is_file().then_some(linker)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
