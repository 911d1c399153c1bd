//! The first start: the book is served while the grader's crates are being built.

use super::{Learning, PATIENCE, TICK, with_one_drill};
use crate::courses::Scratch;
use crate::processes;

/// A course with one drill and a cargo that does what `script` says.
fn course(script: &str) -> (Scratch, String) {
    let course = with_one_drill();
    let usual = course.read("toolchain/cargo");
    course.write("toolchain/cargo", script);
    (course, usual)
}

fn await_prepare(learning: &Learning, phase: &str, words: &str) -> serde_json::Value {
    let patience = std::time::Instant::now() + PATIENCE;
    loop {
        let prepare = learning.state()["prepare"].clone();
        let said = prepare["words"].as_str().unwrap().contains(words);
        if prepare["phase"] == phase && said {
            return prepare;
        }
        assert!(std::time::Instant::now() < patience, "{prepare}");
        std::thread::sleep(TICK);
    }
}

#[test]
fn the_book_is_there_while_the_crates_are_built_and_a_save_tries_again() {
    let script = "#!/bin/sh\nprintf '    Building [=>      ] 3/80: tokio, syn\\r' >&2\n\
        until [ -e ../../../../go ]; do sleep 0.02; done\n\
        echo 'error: failed to download from the network' >&2\nexit 101\n";
    let (course, usual) = course(script);
    let learning = Learning::begin(&course);
    let prepare = await_prepare(&learning, "building", "compiling tokio");
    assert_eq!(
        (&prepare["done"], &prepare["total"]),
        (&3.into(), &80.into())
    );
    assert_eq!(learning.get("/one.html").status, 200);
    assert_eq!(learning.drill("cache_race")["phase"], "waiting");
    // It fails and says why; then the network is back.
    course.write("target/go", "");
    await_prepare(&learning, "failed", "failed to download from the network");
    course.write("toolchain/cargo", &usual);
    course.write(
        "exercises/cache_race/src/lib.rs",
        "compile_error!(\"mine\");\n",
    );
    await_prepare(&learning, "ready", "");
    let drill = learning.await_drill("cache_race", "graded", |drill| drill["phase"] == "graded");
    assert_eq!(drill["verdict"]["status"], "compile_error");
    assert_eq!(drill["errors"][0]["message"], "mine");
}

#[test]
fn a_build_does_not_outlive_who_waits_for_it() {
    // No other process has this argument.
    let seconds = format!("86400.{:06}", std::process::id());
    let (course, _) = course(&format!(
        "#!/bin/sh\necho '   Compiling tokio' >&2\nsleep {seconds} &\nwait\n"
    ));
    let learning = Learning::begin(&course);
    let patience = std::time::Instant::now() + PATIENCE;
    while processes::with_argument_now(&seconds).is_empty() {
        assert!(std::time::Instant::now() < patience, "it was never begun");
        std::thread::sleep(TICK);
    }
    drop(learning);
    let left = processes::with_argument(&seconds);
    processes::end(&left);
    assert_eq!(left, processes::NONE);
}
