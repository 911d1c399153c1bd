//! JavaScript: Node is started with our few lines. Its main function is [`program`].

use std::io;

use serde_json::json;

use super::interpreted::{Given, prelude};
use crate::drive::program::Program;

/// The worker's modules, each after those it requires.
const MODULES: [&str; 7] = [
    "channel",
    "seal",
    "words",
    "realm",
    "submission",
    "run",
    "puppet",
];

/// The texts that run in the submission's own realm.
const OF_THE_REALM: [&str; 8] = [
    "inside",
    "globals",
    "web",
    "data",
    "performance",
    "events",
    "util",
    "modules",
];

/// The worlds, likewise.
const WORLDS: [&str; 3] = ["users", "accounts", "items"];

/// How Node is started: nothing that would need memory with code in it, or another thread. V8's
/// cache finds no module that was made before, and looks at all of them each time. With what a
/// submission may reach of the worker's own realm it can make no code, and it can change nothing
/// there.
const FLAGS: [&str; 10] = [
    "--jitless",
    "--single-threaded",
    "--v8-pool-size=0",
    "--no-compilation-cache",
    "--no-warnings",
    "--experimental-vm-modules",
    "--stack-size=700",
    "--stack-trace-limit=1000",
    "--disallow-code-generation-from-strings",
    "--frozen-intrinsics",
];

/// Older ones warn that `--jitless` takes WebAssembly away, unless they are told to do it; newer
/// ones do not know the flag.
const WITHOUT_WASM: &str = "--no-expose-wasm";

/// The first that does not know it.
const NEWER: u32 = 23;

/// The worker of a submission, which loads the library `seal` to be sealed.
///
/// # Errors
/// When the course is not complete.
pub(super) fn program(given: &Given<'_>) -> io::Result<Program> {
    let texts = |names| given.workers("js", names);
    let mut realm = serde_json::Map::new();
    for (name, text) in texts(&OF_THE_REALM)? {
        realm.insert(name.to_owned(), text.into());
    }
    realm.insert("worlds".to_owned(), json!(texts(&WORLDS)?));
    let root = given.submission.root_file();
    let ending = root.rsplit_once('.').map_or("mjs", |(_, ending)| ending);
    let told = json!({
        "modules": texts(&MODULES)?,
        "realm": realm,
        "kit": given.read("exercises/kit/node/kit.mjs")?,
        "file": format!("{}.{ending}", given.slug),
        "text": given.text(),
        "contract": given.spoken.contract,
    });
    let boot = given.read("grader/workers/node/boot.js")?;
    let flags = flags(given.interpreter.major());
    let arguments = flags.map(str::to_owned).chain([boot]).collect();
    Ok(Program {
        path: given.interpreter.path().to_owned(),
        arguments,
        // Its settings are files that a worker may not read.
        environment: vec![("OPENSSL_CONF".to_owned(), "/dev/null".to_owned())],
        reads: given.interpreter.folders(),
        prelude: prelude(&told),
        is_interpreter: true,
        seal: given.seal.map(ToOwned::to_owned),
        ends_when_broken: true,
    })
}

/// The flags of a Node of this major version, the last of which takes a text.
fn flags(major: u32) -> impl Iterator<Item = &'static str> {
    let warns = (major < NEWER).then_some(WITHOUT_WASM);
    FLAGS.into_iter().chain(warns).chain(["-e"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::language::Language;
    use crate::drive::interpreter::Interpreter;
    use std::process::Command;

    #[test]
    fn a_flag_that_newer_ones_do_not_know_is_for_older_ones() {
        let has_it = |major| flags(major).any(|flag| flag == WITHOUT_WASM);
        assert_eq!([20, 22, 24].map(has_it), [true, true, false]);
    }

    #[test]
    fn the_node_here_takes_its_flags_without_a_word() {
        let Ok(node) = Interpreter::find(Language::Node) else {
            return;
        };
        let mut command = Command::new(node.path());
        let said = command.args(flags(node.major())).arg("");
        let said = said.output().expect("it can be started");
        assert!(said.status.success(), "{said:?}");
        assert!(said.stderr.is_empty(), "{said:?}");
    }
}
