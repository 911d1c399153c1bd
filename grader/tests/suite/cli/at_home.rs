//! Code that compiles at home with Cargo compiles here too, if that is safe; if not, one line says why.

use std::process::Command;

use grader::course::language::Language;
use grader::drive::interpreter::Interpreter;

use super::grading::{RIGHT, verdicts};
use crate::courses::{Said, Scratch};

fn graded(course: &Scratch, path: &str) -> serde_json::Value {
    let said: Said = course.run(&["grade", "inflight_fix", path, "--format", "json"]);
    assert!(said.code < 2, "{}", said.err);
    verdicts(&said).remove(0)
}

/// A right crate, with more in its root file.
fn put(course: &Scratch, name: &str, more: &str) {
    let text = course.read(RIGHT);
    course.write(&format!("{name}/src/lib.rs"), &format!("{text}\n{more}\n"));
}

#[test]
fn a_right_solution_may_use_what_cargo_gives_and_the_files_beside_it() {
    let course = Scratch::gradable();
    let more = [
        "const A: &str = include_str!(\"../README.md\");",
        "#[doc = include_str!(\"../README.md\")]\npub struct Documented;",
        "const A: &[u8] = include_bytes!(\"words/list.bin\");",
        "const A: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/README.md\"));",
        "const A: [&str; 3] = [env!(\"CARGO_PKG_VERSION\"), env!(\"CARGO_PKG_NAME\"), env!(\"CARGO_PKG_AUTHORS\")];",
        "fn rand(gen: u64) -> u64 { let gen = gen + 1; gen }",
        "#[cfg(test)]\nmod tests {\n    #[test]\n    fn reads() { unsafe { std::ptr::read(&1) }; }\n}",
        "#[cfg(all(test, not(miri)))]\nunsafe fn only_in_tests() {}",
        "mod helper;",
        "#[cfg(test)]\nmod tests;",
    ];
    for (at, more) in more.iter().enumerate() {
        let name = format!("crates/{at}");
        put(&course, &name, more);
        course.write(&format!("{name}/README.md"), "This is not unsafe.");
        course.write(&format!("{name}/src/words/list.bin"), "\u{1}");
        course.write(&format!("{name}/src/Helper.rs"), "");
        course.write(&format!("{name}/src/tests.rs"), "unsafe fn t() {}");
    }
    put(&course, "crates/inner", "mod tests;");
    course.write(
        "crates/inner/src/tests.rs",
        "#![cfg(test)]\nfn t() { unsafe {} }",
    );
    let mut all = vec!["grade", "inflight_fix", "--format", "json"];
    let names: Vec<String> = (0..more.len()).map(|at| format!("crates/{at}")).collect();
    all.extend(names.iter().map(String::as_str));
    all.push("crates/inner");
    let said = course.run(&all);
    for (at, verdict) in verdicts(&said).iter().enumerate() {
        let what = more.get(at).unwrap_or(&"#![cfg(test)]");
        assert_eq!(
            verdict["status"], "passed",
            "{what}: {}",
            verdict["diagnostics"]
        );
    }
}

#[test]
fn what_cannot_be_given_is_said_in_one_line() {
    let course = Scratch::gradable();
    for (more, status, line) in [
        (
            "const A: &str = env!(\"OUT_DIR\");",
            "compile_error",
            "submissions are graded as edition 2024, without Cargo: of its variables only `CARGO_PKG_…` and `CARGO_MANIFEST_DIR` are set, and no build script runs",
        ),
        (
            "const A: &str = include_str!(\"../gone.md\");",
            "compile_error",
            "a file that is included must be handed in with the crate, below the folder that holds `src`, and named \
             by a string",
        ),
        (
            "#[global_allocator]\nstatic A: std::alloc::System = std::alloc::System;",
            "compile_error",
            "the grader counts what a submission holds with an allocator of its own; leave out `#[global_allocator]`",
        ),
        (
            "mod Helper;",
            "compile_error",
            "there is `src/helper.rs`, but upper and lower case are different names here: give the module and its file the same name",
        ),
        (
            "fn keep(all: &mut Vec<u8>) -> impl Sized { all.clear() }\n\
             fn both(all: &mut Vec<u8>) { let (a, b) = (keep(all), keep(all)); drop((a, b)); }",
            "compile_error",
            "\n\nsubmissions are graded as edition 2024, without Cargo\n",
        ),
        (
            "macro_rules! bare { (#[$a:meta] $($t:tt)*) => { $($t)* } }\nbare! { #[cfg(test)] fn t() { unsafe {} } }",
            "rejected",
            "`unsafe` is not taken; no drill needs it",
        ),
        (
            "mod code { include!(\"../README.md\"); }",
            "rejected",
            "`unsafe` is not taken; no drill needs it",
        ),
    ] {
        put(&course, "hw", more);
        course.write("hw/src/helper.rs", "");
        course.write("hw/README.md", "fn sly() { unsafe {} }");
        let verdict = graded(&course, "hw");
        assert_eq!(verdict["status"], status, "{more}: {verdict}");
        let said = verdict["diagnostics"].as_str().expect("it is text");
        assert!(said.contains(line), "{more}: {said}");
    }
}

/// rustc's own list of what it read has comments, and the names of files look like them.
#[test]
fn no_name_of_an_included_file_hides_what_it_says() {
    let course = Scratch::gradable();
    let text = course.read(RIGHT);
    for (at, name) in ["#x", "# x", "#x: y"].iter().enumerate() {
        let folder = format!("sly/{at}");
        course.write(
            &format!("{folder}/hw.rs"),
            &format!("{text}\nmod more {{ include!(\"{name}\"); }}\n"),
        );
        course.write(&format!("{folder}/{name}"), "fn sly() { unsafe {} }");
        let verdict = graded(&course, &folder);
        assert_eq!(verdict["status"], "rejected", "{name}: {verdict}");
        let said = verdict["diagnostics"].as_str().expect("it is text");
        assert!(said.contains("`unsafe` is not taken"), "{name}: {said}");
    }
}

#[test]
fn a_whole_course_as_github_gives_it_is_graded_drill_by_drill() {
    let course = Scratch::gradable();
    let text = course.read(RIGHT);
    for (name, text) in [
        ("exercises/inflight_fix/src/lib.rs", &*text),
        (
            "exercises/offload/src/lib.rs",
            "compile_error!(\"another drill\");",
        ),
        ("exercises/kit/src/lib.rs", "compile_error!(\"the kit\");"),
        (
            "solutions/inflight_fix/src/lib.rs",
            "compile_error!(\"not the student's\");",
        ),
        ("grader/src/lib.rs", "compile_error!(\"the grader\");"),
    ] {
        course.write(&format!("down/between-awaits-main/{name}"), text);
    }
    let packed = Command::new("tar")
        .args(["-czf", "course.tar.gz", "-C", "down", "between-awaits-main"])
        .current_dir(course.path(""))
        .status();
    assert!(packed.is_ok_and(|status| status.success()));
    for path in ["down", "down/between-awaits-main", "course.tar.gz"] {
        let verdict = graded(&course, path);
        assert_eq!(
            verdict["status"], "passed",
            "{path}: {}",
            verdict["diagnostics"]
        );
    }
}

#[test]
fn an_untouched_stub_is_nobody_s_hand_in_but_is_graded_where_it_is_worked_on() {
    if Interpreter::find(Language::Python).is_err() {
        return;
    }
    let course = Scratch::gradable();
    let reference = course.read("solutions/cache_race/python/reference.py");
    course.write("exercises/cache_race/python/cache_race.py", &reference);
    for (name, folder) in [
        ("src/lib.rs", "solutions/cache_race/stub.rs"),
        (
            "python/cache_race.py",
            "solutions/cache_race/python/reference.py",
        ),
    ] {
        let text = course.read(folder);
        course.write(&format!("hand_in/{name}"), &text);
    }
    let graded = |path: &str| {
        let said = course.run(&["grade", "cache_race", path, "--format", "json"]);
        let verdict = verdicts(&said).remove(0);
        let text = |key: &str| verdict[key].as_str().unwrap_or_default().to_owned();
        (text("language"), text("status"))
    };
    let is = |language: &str, status: &str| (language.to_owned(), status.to_owned());
    assert_eq!(graded("hand_in"), is("python", "passed"));
    assert_eq!(graded("exercises/cache_race"), is("", "failed"));
}
