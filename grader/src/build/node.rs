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

/// How Node is started: nothing that would need memory with code in it, or another thread.
const FLAGS: [&str; 8] = [
    "--jitless",
    "--single-threaded",
    "--v8-pool-size=0",
    "--no-warnings",
    "--experimental-vm-modules",
    "--no-expose-wasm",
    "--stack-size=700",
    "-e",
];

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
    let mut arguments = FLAGS.map(str::to_owned).to_vec();
    arguments.push(boot);
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
