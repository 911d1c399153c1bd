//! Gradescope and PrairieLearn: the autograder as it is unpacked there.

use super::*;

#[test]
fn the_autograder_holds_all_that_grading_needs_and_nothing_else() {
    let folder = unpacked(&["cache_race"]);
    let source = folder.path().join("source");
    for needed in [
        "setup.sh",
        "run_autograder",
        "rust-toolchain.toml",
        ".cargo/config.toml",
        "exercises/kit/src/lib.rs",
        "solutions/cache_race/stub.rs",
        "grader/worker/src/lib.rs",
    ] {
        assert!(source.join(needed).is_file(), "{needed}");
    }
    // Other things in a course's folder: a class, its results, build results.
    let mut course = BTreeSet::new();
    for name in files(&real()).expect("it can be read").into_keys() {
        let part = PARTS
            .iter()
            .any(|part| name == *part || name.starts_with(&format!("{part}/")));
        assert!(part, "{name}");
        assert!(
            !name.contains("/target/") && !name.contains("node_modules"),
            "{name}"
        );
        course.insert(name);
    }
    // Files that the sources include at compile time are there too.
    for name in course.iter().filter(|name| name.ends_with(".rs")) {
        let place = source.join(name);
        let text = fs::read_to_string(&place).expect(name);
        for taken in text.split("include_str!(\"").skip(1) {
            let taken = taken.split('"').next().expect("it ends");
            let path = place.parent().expect("it is below").join(taken);
            let is_example = name.starts_with("grader/tests/") || name.contains("/fixtures/");
            assert!(is_example || path.is_file(), "{name} includes {taken}");
        }
    }
    // And cargo finds every crate, offline, as the lockfile says.
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--locked",
            "--offline",
            "--no-deps",
            "--format-version",
            "1",
        ])
        .current_dir(&source)
        .output()
        .expect("cargo can be started");
    let words = String::from_utf8_lossy(&metadata.stderr).into_owned();
    assert!(metadata.status.success(), "{words}");
}

#[test]
fn the_autograder_is_set_up_by_programs_that_are_named() {
    let folder = unpacked(&["cache_race"]);
    let source = folder.path().join("source");
    for name in [
        "apt-get", "python3", "node", "curl", "sh", "rustup", "cargo",
    ] {
        stand_in(folder.path(), name);
    }
    let built = source.join("target/grader");
    fs::create_dir_all(&built).expect("it is ours");
    stand_in(folder.path(), "grader");
    fs::copy(folder.path().join("bin/grader"), built.join("grader")).expect("it is ours");
    let mut setup = Command::new("/bin/bash");
    setup
        .arg(source.join("setup.sh"))
        .env("AUTOGRADER_ROOT", folder.path())
        .env("HOME", folder.path())
        .env("PATH", path_with(folder.path()));
    let output = setup.output().expect("there is a shell");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}");
    let calls = fs::read_to_string(folder.path().join("calls")).expect("it called them");
    insta::assert_snapshot!(calls.trim_end());
    // The submission for its self-test is there.
    assert!(source.join("solutions/cache_race/src/lib.rs").is_file());
}

#[test]
fn a_sandbox_that_is_not_full_stops_the_set_up_and_not_the_first_student() {
    for (arguments, stops) in [
        (&["cache_race"][..], true),
        (&["cache_race", "--allow-degraded"], false),
    ] {
        let folder = unpacked(arguments);
        let source = folder.path().join("source");
        for name in [
            "apt-get", "python3", "node", "curl", "sh", "rustup", "cargo",
        ] {
            stand_in(folder.path(), name);
        }
        let grader = source.join("target/grader/grader");
        fs::create_dir_all(grader.parent().expect("it is below")).expect("it is ours");
        fs::write(&grader, "#!/bin/bash\n[ \"$1\" != doctor ]\n").expect("it is ours");
        fs::set_permissions(&grader, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let output = Command::new("/bin/bash")
            .arg(source.join("setup.sh"))
            .env("AUTOGRADER_ROOT", folder.path())
            .env("HOME", folder.path())
            .env("PATH", path_with(folder.path()))
            .output()
            .expect("there is a shell");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), !stops, "{words}");
        assert_eq!(
            words.contains("the sandbox is not full on this machine"),
            stops,
            "{words}"
        );
    }
}

#[test]
fn one_autograder_serves_every_assignment_whose_title_names_a_drill() {
    let folder = unpacked(&[]);
    let setup = fs::read_to_string(folder.path().join("source/setup.sh")).expect("it is there");
    let drills = grader::drills::slugs().join(" ");
    assert!(
        setup.contains(&format!("for drill in {drills}; do")),
        "{setup}"
    );
    let course = Scratch::gradable();
    let source = fs::read_to_string(root().join(RIGHT)).expect("it is there");
    fs::write(folder.path().join("submission/hw.rs"), source).expect("it is ours");
    let metadata = |title: &str| {
        let text = serde_json::json!({ "id": 1, "assignment": { "id": 2, "title": title } });
        let path = folder.path().join("submission_metadata.json");
        fs::write(path, text.to_string()).expect("it is ours");
    };
    metadata("Homework 1: Cache Race");
    let (code, results) = autograded(&course, folder.path());
    assert_eq!((code, &results["score"]), (0, &100.into()), "{results}");
    // A title that names no drill grades nobody.
    metadata("Homework 1");
    let output = course
        .outside(Path::new("/bin/bash"))
        .arg(folder.path().join("run_autograder"))
        .env("AUTOGRADER_ROOT", folder.path())
        .env("GRADER", env!("CARGO_BIN_EXE_grader"))
        .output()
        .expect("there is a shell");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        words.contains("does not name one drill; put one of these into it"),
        "{words}"
    );
}

#[test]
fn a_package_for_something_else_is_not_replaced() {
    let folder = tempfile::tempdir().expect("there is space");
    let package = |arguments: &[&str]| {
        let mut command = crate::courses::program();
        command
            .current_dir(root())
            .arg("package")
            .args(arguments)
            .arg("--out")
            .arg(folder.path());
        Said::by(&mut command)
    };
    let github = |drill| {
        package(&[
            "github",
            drill,
            "--course-repository",
            "ada/course",
            "--course-ref",
            "v1",
        ])
    };
    for _ in 0..2 {
        assert_eq!(package(&["gradescope", "cache_race"]).code, 0);
        assert_eq!(github("cache_race").code, 0);
    }
    let kept = fs::read(folder.path().join("autograder.zip")).expect("it was written");
    for said in [
        package(&["gradescope", "offload"]),
        package(&["gradescope"]),
        github("offload"),
    ] {
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(
            said.err.contains("name another folder with `--out`"),
            "{}",
            said.err
        );
    }
    assert_eq!(
        fs::read(folder.path().join("autograder.zip")).expect("it is there"),
        kept
    );
}

/// The result of `run_autograder` for the contents of its submission folder.
fn autograded(course: &Scratch, folder: &Path) -> (i32, serde_json::Value) {
    // The course that can grade without a build of its own takes the zip's place.
    let run = folder.join("source/run_autograder");
    let kept = folder.join("run_autograder");
    if run.is_file() {
        fs::copy(&run, &kept).expect("it is ours");
        fs::remove_dir_all(folder.join("source")).expect("it is ours");
        symlink(course.path(""), folder.join("source")).expect("it is a new place");
    }
    let results = folder.join("results/results.json");
    let _ = fs::remove_file(&results);
    let output = course
        .outside(Path::new("/bin/bash"))
        .arg(&kept)
        .env("AUTOGRADER_ROOT", folder)
        .env("GRADER", env!("CARGO_BIN_EXE_grader"))
        .output()
        .expect("there is a shell");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = fs::read_to_string(&results).expect(&words);
    let value = serde_json::from_str(&text).expect(&text);
    (output.status.code().expect(&words), value)
}

#[test]
fn gradescope_gets_a_file_for_whatever_is_handed_in() {
    let folder = unpacked(&["cache_race", "--feedback", "checks"]);
    let course = Scratch::gradable();
    let place = folder.path().join("submission");
    let empty = || {
        fs::remove_dir_all(&place).expect("it is ours");
        fs::create_dir(&place).expect("it is a new place");
    };
    let hand_in = |from: &str, to: &str| {
        let to = place.join(to);
        fs::create_dir_all(to.parent().expect("it is below")).expect("it is ours");
        fs::copy(root().join(from), to).expect("it is ours");
    };

    // One file, whatever its name; a crate; a whole course.
    hand_in(RIGHT, "my cache.rs");
    let (code, results) = autograded(&course, folder.path());
    assert_eq!((code, &results["score"]), (0, &100.into()), "{results}");
    // As it unpacks an archive of a folder.
    for name in ["hw/src/lib.rs", "course/exercises/cache_race/src/lib.rs"] {
        empty();
        hand_in(RIGHT, name);
        hand_in(WRONG, "course/exercises/offload/src/lib.rs");
        if name.starts_with("hw") {
            fs::remove_dir_all(place.join("course")).expect("it is ours");
        }
        let (code, results) = autograded(&course, folder.path());
        assert_eq!((code, &results["score"]), (0, &100.into()), "{results}");
    }
    empty();
    hand_in(WRONG, "src/lib.rs");
    let (code, results) = autograded(&course, folder.path());
    assert_eq!(
        code, 0,
        "a submission that fails is not a failure of the autograder"
    );
    assert!(
        results["score"].as_u64().is_some_and(|score| score < 100),
        "{results}"
    );
    let text = results.to_string();
    assert!(
        !text.contains("again:") && !text.contains("think:"),
        "{text}"
    );
    empty();
    hand_in(RIGHT, "exercises/cache_race/src/lib.rs");
    hand_in(WRONG, "exercises/offload/src/lib.rs");
    let (code, results) = autograded(&course, folder.path());
    assert_eq!((code, &results["score"]), (0, &100.into()), "{results}");

    // An empty folder, and a link to a passing solution.
    empty();
    let (code, results) = autograded(&course, folder.path());
    assert_eq!((code, &results["score"]), (0, &0.into()), "{results}");
    assert!(
        results["output"]
            .as_str()
            .is_some_and(|text| text.contains("rejected"))
    );
    // Each alone: the first that is found decides.
    for (name, target) in [
        ("src", "solutions/cache_race/src"),
        ("cache_race", "solutions/cache_race"),
        ("exercises", "solutions"),
        ("lib.rs", RIGHT),
    ] {
        empty();
        symlink(course.path(target), place.join(name)).expect("it is a new place");
        let (code, results) = autograded(&course, folder.path());
        assert_eq!(
            (code, &results["score"]),
            (0, &0.into()),
            "{name}: {results}"
        );
    }
}

#[test]
fn a_machine_that_fails_leaves_gradescope_without_a_score() {
    let folder = unpacked(&["cache_race"]);
    let course = Scratch::gradable();
    let source = fs::read_to_string(root().join(RIGHT)).expect("it is there");
    fs::write(folder.path().join("submission/a.rs"), source).expect("it is ours");
    // The machine has no space, or so it looks.
    fs::create_dir_all(course.path("target/grader")).expect("it is ours");
    fs::write(course.path("target/grader/jobs"), "in the way").expect("it is ours");
    let (code, results) = autograded(&course, folder.path());
    assert_eq!(code, 2, "{results}");
    assert!(
        results.get("score").is_none() && results.get("tests").is_none(),
        "{results}"
    );
}

#[test]
fn prairielearn_gets_its_file_in_its_place() {
    let course = Scratch::gradable();
    let folder = tempfile::tempdir().expect("there is space");
    let student = folder.path().join("student");
    fs::create_dir(&student).expect("it is a new place");
    fs::copy(root().join(RIGHT), student.join("lib.rs")).expect("it is ours");
    let output = course
        .outside(&root().join("grader/packages/prairielearn.sh"))
        .arg("cache_race")
        .env("PRAIRIELEARN_ROOT", folder.path())
        .env("COURSE", course.path(""))
        .env("GRADER", env!("CARGO_BIN_EXE_grader"))
        .output()
        .expect("there is a shell");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words}");
    let text = fs::read_to_string(folder.path().join("results/results.json")).expect(&words);
    let results: serde_json::Value = serde_json::from_str(&text).expect(&text);
    assert_eq!(results["score"], 1.0);
}
