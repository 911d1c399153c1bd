//! Submissions in JavaScript: the same hidden tests, by a worker in Node.js.
//!
//! Where there is no Node that is new enough, nothing here is tried: the course works without
//! one.

use std::path::PathBuf;

use grader::course::language::Language;
use grader::grade::verdict::{CheckStatus, Status, Verdict};
use tempfile::TempDir;

use crate::courses::{Said, program, root};
use crate::interpreted::{
    PublicTests, is_missing, the_folder_of_an_exercise_is_its_file,
    the_reference_has_all_points_and_the_stub_fails, the_same_gets_the_same_verdict, written,
};
use crate::verdicts::{grade, required, until_one_fails, verdict};

/// The verdict on this text as `inflight_fix.mjs`.
fn on(text: &str) -> Verdict {
    let (_folder, path) = written("inflight_fix.mjs", text);
    grade("inflight_fix", &path)
}

/// A cache that does not coalesce, in a module that begins with these lines.
fn naive_after(lines: &str) -> String {
    format!(
        "{lines}
export class UserCache {{
  users = new Map();
  constructor(db) {{
    this.db = db;
  }}
  async getUser(id) {{
    if (!this.users.has(id)) this.users.set(id, await this.db.fetchUser(id));
    return this.users.get(id);
  }}
}}
"
    )
}

#[test]
fn the_reference_in_javascript_has_all_points_and_the_stub_fails() {
    the_reference_has_all_points_and_the_stub_fails(Language::Node);
}

#[test]
fn what_javascript_cannot_have_is_not_shown_and_the_points_make_a_hundred() {
    if is_missing(Language::Node) {
        return;
    }
    let given = verdict("inflight_fix", "solutions/inflight_fix/node/reference.mjs");
    let is_dropped = |id: &str| id.contains("dropped");
    assert!(!given.checks.iter().any(|check| is_dropped(&check.id)));
    let points: u32 = given.checks.iter().map(|check| check.max_points).sum();
    assert_eq!(points, 100);
}

#[test]
fn the_folder_of_an_exercise_is_its_javascript_file() {
    the_folder_of_an_exercise_is_its_file(Language::Node);
}

#[test]
fn the_same_javascript_gets_the_same_verdict() {
    the_same_gets_the_same_verdict(Language::Node, "then_order");
}

#[test]
fn a_rejection_that_nobody_handles_fails_as_it_ends_a_real_process() {
    if is_missing(Language::Node) {
        return;
    }
    let path = "solutions/inflight_fix/node/wrong/finally_unhandled.mjs";
    let given = verdict("inflight_fix", path);
    let check = given.checks.iter().find(|it| it.id == "error_ends_waiting");
    let check = check.expect("it is there");
    assert_eq!(check.status, CheckStatus::Failed);
    let what = "nobody handled a rejection, which ends a Node process";
    assert!(check.message.contains(what), "{}", check.message);
}

#[test]
fn where_an_operation_begins_is_told_with_its_line() {
    if is_missing(Language::Node) {
        return;
    }
    // At once, after a turn of the loop, and through a function of its own.
    for (fetch, line) in [
        ("await this.db.fetchUser(id)", 9),
        ("(await null, await this.db.fetchUser(id))", 9),
        ("await fetchWith(this.db, id)", 2),
    ] {
        let text =
            naive_after("// The first line.\nconst fetchWith = (db, id) => db.fetchUser(id);");
        let given = on(&text.replace("await this.db.fetchUser(id)", fetch));
        let timeline = given.checks[0].timeline.join("\n");
        let told = format!("fetch 1 begins, for user 7 (inflight_fix.mjs:{line})");
        assert!(timeline.contains(&told), "{timeline}");
    }
}

#[test]
fn javascript_that_cannot_be_loaded_is_a_compile_error_that_says_why() {
    if is_missing(Language::Node) {
        return;
    }
    for (text, why) in [
        (
            "export class UserCache {\n  getUser( {",
            "inflight_fix.mjs:",
        ),
        ("export const nothing = 1;", "exports no class `UserCache`"),
        (
            "export class UserCache { constructor() {} }",
            "has no method `getUser`",
        ),
        (
            &naive_after("import fs from 'node:fs';"),
            "cannot import `node:fs`",
        ),
        (&naive_after("await new Promise(() => {});"), "never ends"),
        (&naive_after("nowhere();"), "nowhere is not defined"),
        (
            &naive_after("Buffer.from('a');"),
            "`Buffer` is not offered here",
        ),
        (
            &naive_after("import { PerformanceObserver } from 'node:perf_hooks';"),
            "`inflight_fix.mjs:1`: `PerformanceObserver` of `node:perf_hooks` is not offered here",
        ),
    ] {
        let given = on(text);
        assert_eq!(given.status, Status::CompileError, "{given:#?}");
        assert!(given.diagnostics.contains(why), "{}", given.diagnostics);
    }
}

#[test]
fn a_drill_that_there_is_not_in_javascript_says_which_there_are() {
    let (_folder, path) = written("offload.mjs", "export class PasswordService {}");
    let given = grade("offload", &path);
    assert_eq!(given.status, Status::Rejected);
    let said = &given.diagnostics;
    assert!(said.contains("is not there in JavaScript"), "{said}");
    assert!(said.contains("`batch_loader`"), "{said}");
}

/// What a cache that does not coalesce could do about its verdict.
const ATTACKS: [(&str, &str); 22] = [
    (
        "exit",
        "process.exit?.(0); process.kill?.(1); process.abort?.();",
    ),
    (
        "kit",
        "import * as kit from 'kit'; kit.Db.prototype.fetchUser = async (id) => new kit.User(id, 'Ada');",
    ),
    (
        "then",
        "Promise.prototype.then = function () { return this; };",
    ),
    (
        "promise",
        "globalThis.Promise = class { then() {} catch() {} static resolve() {} };",
    ),
    (
        "array",
        "Array.prototype.push = () => 0; Array.prototype.map = () => []; Array.prototype[Symbol.iterator] = function* () {};",
    ),
    (
        "json",
        "JSON.parse = () => null; JSON.stringify = () => '{}'; Object.prototype.toJSON = () => 'passed';",
    ),
    (
        "map",
        "Map.prototype.get = () => undefined; Map.prototype.set = () => {}; Function.prototype.call = Function.prototype.apply = () => 0;",
    ),
    (
        "object",
        "Object.defineProperty(Object.prototype, 'call', { get: () => 1, set() {} }); Object.entries = () => [];",
    ),
    (
        "timers",
        "globalThis.setTimeout = globalThis.setImmediate = (f) => f();",
    ),
    (
        "clock",
        "Date.now = () => 0; performance.now = () => 0; globalThis.Date = null;",
    ),
    (
        "binding",
        "process.binding?.('fs'); process._tickCallback = () => {}; process.nextTick = () => {};",
    ),
    (
        "constructors",
        "for (const one of [console.log, setTimeout, process.nextTick, queueMicrotask, globalThis, process]) { const own = one.constructor.constructor('return typeof process === \"object\" && process.exit')(); own?.(0); }",
    ),
    (
        "stack",
        "Error.prepareStackTrace = (_, sites) => { for (const site of sites) { const own = site.getThis?.() ?? site.getFunction?.(); own?.constructor?.constructor?.('return process')().exit?.(0); } return ''; }; new Error().stack;",
    ),
    (
        "stack overflow",
        "const deeper = () => { try { return deeper() + 1; } catch (error) { const own = error.constructor.constructor('return process')(); own.exit?.(0); return 0; } }; deeper(); const log = () => { try { console.log('x'); log(); } catch (error) { error.constructor.constructor('return process')().exit?.(0); } }; log();",
    ),
    (
        "modules",
        "for (const name of ['node:fs', 'node:worker_threads', 'node:vm', 'node:inspector', 'node:child_process', 'module']) { try { (await import(name)).default; process.exit(0); } catch {} }",
    ),
    (
        "wasm",
        "try { new WebAssembly.Module(new Uint8Array(8)); } catch {}",
    ),
    (
        "shared memory",
        "try { const memory = new SharedArrayBuffer(4); Atomics.wait(new Int32Array(memory), 0, 0); } catch {}",
    ),
    (
        "microtasks",
        "const again = () => Promise.resolve().then(again); again(); const { then } = Promise.prototype;",
    ),
    ("loop", "for (;;);"),
    (
        "output",
        "for (let line = 0; line < 100000; line += 1) console.log('passed'.repeat(20));",
    ),
    (
        "memory",
        "const all = []; for (;;) all.push(new Array(1e6).fill(all.length));",
    ),
    (
        "thenable",
        "Object.prototype.then = function (resolve) { delete Object.prototype.then; resolve({}); };",
    ),
];

#[test]
fn no_attack_from_within_node_passes() {
    if is_missing(Language::Node) {
        return;
    }
    let plain = on(&naive_after(""));
    let check = plain.checks.iter().find(|it| it.id == "one_fetch");
    assert_eq!(check.map(|it| it.status), Some(CheckStatus::Failed));
    for (name, lines) in ATTACKS {
        let (_folder, path) = written("inflight_fix.mjs", &naive_after(lines));
        let given = until_one_fails("inflight_fix", &path, &required("inflight_fix"));
        assert!(!given.passed(), "{name}: {given:#?}");
        assert_ne!(given.status, Status::InfraError, "{name}: {given:#?}");
    }
}

/// A file that throws where something is not as it should be is graded, and has not thrown.
fn does_not_throw(file: &str) {
    let given = verdict(
        "inflight_fix",
        &format!("grader/tests/fixtures/node/{file}"),
    );
    assert_eq!(given.status, Status::Failed, "{}", given.diagnostics);
}

#[test]
fn what_nodes_modules_offer_here_they_offer_in_node() {
    if is_missing(Language::Node) {
        return;
    }
    let mut node = std::process::Command::new("node");
    let file = root().join("grader/tests/fixtures/node/offered.mjs");
    let status = node.arg(file).status().expect("there is a Node");
    assert!(status.success());
    does_not_throw("offered.mjs");
}

#[test]
fn nothing_of_the_workers_realm_is_within_reach() {
    if is_missing(Language::Node) {
        return;
    }
    does_not_throw("reach.mjs");
}

#[test]
fn what_a_value_is_that_is_none_of_those_wanted_is_said() {
    if is_missing(Language::Node) {
        return;
    }
    for (drill, file, what) in [
        (
            "batch_loader",
            "ids_as_texts",
            "`load` takes a number, and was given the text",
        ),
        (
            "lost_update",
            "balance_as_text",
            "`write` takes a number, and was given the text",
        ),
        ("cache_race", "elapsed_as_text", "as `elapsedMs`"),
    ] {
        let given = verdict(drill, &format!("solutions/{drill}/node/wrong/{file}.mjs"));
        let said = format!("{:?}", given.checks);
        assert!(said.contains(what), "{said}");
    }
}

#[test]
fn the_tests_a_learner_sees_in_javascript_pass_on_the_reference_and_fail_on_the_stub() {
    PublicTests {
        language: Language::Node,
        kit: "kit.mjs",
        file: "public.test.mjs",
        arguments: &["--test"],
        ran: |said| said.contains("tests 2"),
    }
    .pass_on_the_reference_and_fail_on_the_stub();
}

/// A folder with nothing but what Rust needs.
fn path_without_node() -> TempDir {
    let folder = tempfile::tempdir().expect("there is space");
    let path = std::env::var_os("PATH").expect("there is a path");
    let places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for name in ["rustc", "cargo", "rustup", "cc", "ld", "as"] {
        let found = places.iter().map(|place| place.join(name));
        if let Some(found) = found.into_iter().find(|path| path.is_file()) {
            std::os::unix::fs::symlink(found, folder.path().join(name)).expect("it is ours");
        }
    }
    folder
}

#[test]
fn without_node_one_line_says_so_and_other_drills_are_graded() {
    let path = path_without_node();
    let grade = |file: &str| {
        let mut grader = program();
        grader.env("PATH", path.path()).arg("--course").arg(root());
        grader.args(["grade", "cache_race"]).arg(root().join(file));
        Said::by(&mut grader)
    };
    let none = grade("solutions/cache_race/node/reference.mjs");
    assert_eq!(none.code, 2, "{}", none.err);
    let line = none.err.lines().last().unwrap_or_default();
    assert!(line.contains("no `node` on the path"), "{}", none.err);
    let needed = "JavaScript drills need Node.js 20 or newer";
    assert!(line.contains(needed), "{}", none.err);
    let rust = grade("solutions/cache_race/src/lib.rs");
    assert_eq!(rust.code, 0, "{}{}", rust.out, rust.err);
}
