//! Python: the interpreter is started with our few lines. Its main function is [`program`].

use std::io;

use serde_json::json;

use super::interpreted::{Given, prelude};
use crate::drive::program::Program;

/// The worker's modules, each after those it imports.
const MODULES: [&str; 15] = [
    "clock",
    "seal",
    "words",
    "operations",
    "users",
    "accounts",
    "audits",
    "sinks",
    "items",
    "hashes",
    "loop",
    "threads",
    "submission",
    "run",
    "puppet",
];

/// The worker of a submission.
///
/// # Errors
/// When the course is not complete.
pub(super) fn program(given: &Given<'_>) -> io::Result<Program> {
    // As pairs: what imports another comes after it.
    let mut modules = vec![("kit", given.read("exercises/kit/python/kit.py")?)];
    modules.extend(given.workers("py", &MODULES)?);
    let told = json!({
        "modules": modules,
        "slug": given.slug,
        "file": format!("{}.py", given.slug),
        "text": given.text(),
        "contract": given.spoken.contract,
    });
    let environment = [
        // Sets of texts keep their order.
        ("PYTHONHASHSEED", "0"),
        ("PYTHONUTF8", "1"),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ];
    let boot = given.read("grader/workers/python/boot.py")?;
    let arguments = ["-s", "-S", "-P", "-c", &boot].map(str::to_owned);
    Ok(Program {
        path: given.interpreter.path().to_owned(),
        arguments: arguments.to_vec(),
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        reads: given.interpreter.folders(),
        prelude: prelude(&told),
        is_interpreter: true,
        seal: None,
        ends_when_broken: false,
    })
}
