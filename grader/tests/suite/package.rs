//! What other systems are given: each unpacked and run here as it will be there, as far
//! as a machine without them can.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use grader::package::{PARTS, Packing, files, workflow};
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
    // Whatever else lies in a course's folder: a class, its results, what was built.
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
    // What the sources take in at compile time is there too.
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
    for name in ["apt-get", "curl", "sh", "rustup", "cargo"] {
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
    let mut calls: Vec<&str> = calls.lines().collect();
    // The two ends of a pipe are started together.
    calls[2..4].sort_unstable();
    insta::assert_snapshot!(calls.join("\n"));
    // What it grades to try itself out is there.
    assert!(source.join("solutions/cache_race/src/lib.rs").is_file());
}

/// What `run_autograder` says of what lies in its submission folder.
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
    empty();
    hand_in(WRONG, "src/lib.rs");
    let (code, results) = autograded(&course, folder.path());
    assert_eq!(
        code, 0,
        "a submission that fails is no failure of the autograder"
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

    // Nothing, and a link to what passes.
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

fn packing(options: &[&str]) -> Packing {
    Packing {
        drill: "cache_race".to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    }
}

/// What is at `key` of a mapping.
fn at<'a>(yaml: &'a Yaml<'a>, key: &str) -> &'a Yaml<'a> {
    yaml.as_mapping_get(key)
        .unwrap_or_else(|| panic!("there is no `{key}`"))
}

#[test]
fn the_workflow_keeps_the_course_apart_and_every_action_pinned() {
    let text = workflow(&packing(&["--feedback full"]), "ada/course", "v1.0").expect("it is plain");
    insta::assert_snapshot!(text);
    let documents = Yaml::load_from_str(&text).expect("it is YAML");
    let workflow = &documents[0];
    let permissions = at(workflow, "permissions").as_mapping().expect("it is one");
    assert_eq!(permissions.len(), 1);
    assert_eq!(
        at(at(workflow, "permissions"), "contents").as_str(),
        Some("read")
    );
    let steps = at(at(at(workflow, "jobs"), "grade"), "steps");
    let steps = steps.as_sequence().expect("it is a list");
    let mut fetched = Vec::new();
    for step in steps {
        if let Some(action) = step.as_mapping_get("uses") {
            let action = action.as_str().expect("it is a name");
            let (_, commit) = action.split_once('@').expect(action);
            let is_commit =
                commit.len() == 40 && commit.chars().all(|letter| letter.is_ascii_hexdigit());
            assert!(is_commit, "{action}");
            let with = at(step, "with");
            assert_eq!(at(with, "persist-credentials").as_bool(), Some(false));
            let repository = with
                .as_mapping_get("repository")
                .and_then(|name| name.as_str());
            fetched.push(repository.unwrap_or("the student's"));
        }
        if let Some(run) = step.as_mapping_get("run").and_then(|run| run.as_str()) {
            // Nothing that others choose becomes part of a script.
            assert!(!run.contains("${{"), "{run}");
            let aside = run.starts_with("mv course ");
            let place = step
                .as_mapping_get("working-directory")
                .and_then(|place| place.as_str());
            assert!(aside || place == Some("${{ runner.temp }}/course"), "{run}");
            assert!(
                !aside || fetched == ["ada/course"],
                "the student's comes later"
            );
        }
    }
    assert_eq!(fetched, ["ada/course", "the student's"]);
}

#[test]
fn a_workflow_s_names_are_names() {
    let packing = packing(&[]);
    for course in [
        "ada",
        "ada/",
        "a/b/c",
        "a/b c",
        "ada/x\n  evil: yes",
        "a/${{x}}",
        "-a/b",
    ] {
        assert!(workflow(&packing, course, "v1").is_err(), "{course}");
    }
    for reference in ["", "v1\"", "a b", "-x", "$(x)"] {
        assert!(
            workflow(&packing, "ada/course", reference).is_err(),
            "{reference}"
        );
    }
}

#[test]
fn the_workflow_s_steps_run_where_they_will_run() {
    let text = workflow(&packing(&["--feedback full"]), "ada/course", "v1").expect("it is plain");
    let documents = Yaml::load_from_str(&text).expect("it is YAML");
    let steps = at(at(at(&documents[0], "jobs"), "grade"), "steps");
    let folder = tempfile::tempdir().expect("there is space");
    let (workspace, temp) = (folder.path().join("work"), folder.path().join("temp"));
    for place in [&workspace, &temp] {
        fs::create_dir(place).expect("it is a new place");
    }
    for name in ["rustup", "cargo"] {
        stand_in(folder.path(), name);
    }
    let course = Scratch::gradable();
    let summary = folder.path().join("summary.md");
    let mut log = String::new();
    let mut checkouts = 0;
    for step in steps.as_sequence().expect("it is a list") {
        let Some(run) = step.as_mapping_get("run").and_then(|run| run.as_str()) else {
            checkouts += 1;
            match checkouts {
                1 => {
                    symlink(course.path(""), workspace.join("course")).expect("it is a new place");
                    let program = course.path("target/grader/grader");
                    fs::create_dir_all(program.parent().expect("it is below")).expect("it is ours");
                    symlink(env!("CARGO_BIN_EXE_grader"), program).expect("it is a new place");
                }
                _ => {
                    fs::create_dir(workspace.join("src")).expect("it is a new place");
                    fs::copy(root().join(WRONG), workspace.join("src/lib.rs")).expect("it is ours");
                    // Configuration that would be obeyed if cargo were run here.
                    fs::create_dir(workspace.join(".cargo")).expect("it is a new place");
                    fs::write(workspace.join(".cargo/config.toml"), "[").expect("it is ours");
                }
            }
            continue;
        };
        let place = match step.as_mapping_get("working-directory") {
            Some(_) => temp.join("course"),
            None => workspace.clone(),
        };
        let output = course
            .outside(Path::new("/bin/bash"))
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", run])
            .current_dir(place)
            .env("PATH", path_with(folder.path()))
            .env("RUNNER_TEMP", &temp)
            .env("GITHUB_WORKSPACE", &workspace)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()
            .expect("there is a shell");
        log = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = String::from_utf8_lossy(&output.stderr);
        let is_last = run.contains("--format github");
        assert_eq!(
            output.status.code(),
            Some(i32::from(is_last)),
            "{run}: {words}"
        );
    }
    assert!(
        !workspace.join("course").exists(),
        "the course is out of the workspace"
    );
    assert!(log.contains("\n::error file=src/lib.rs,line="), "{log}");
    let summary = fs::read_to_string(summary).expect("it was written");
    assert!(summary.contains("cache_race: failed"), "{summary}");
}

/// A container file's instructions: the word, and the rest.
fn instructions(text: &str) -> Vec<(&str, &str)> {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            line.split_once(' ')
                .expect("an instruction and what it is about")
        })
        .collect()
}

#[test]
fn the_container_is_made_of_what_there_is() {
    let text = fs::read_to_string(root().join("Containerfile")).expect("it is there");
    let mut copied = BTreeMap::new();
    let (mut runs, mut place) = (Vec::new(), PathBuf::new());
    for (word, rest) in instructions(&text) {
        match word {
            "FROM" => {
                let pinned: toml::Table = toml::from_str(
                    &fs::read_to_string(root().join("rust-toolchain.toml")).expect("it is there"),
                )
                .expect("it is TOML");
                let version = pinned["toolchain"]["channel"].as_str().expect("it is text");
                assert!(
                    rest.starts_with(&format!("docker.io/library/rust:{version}-slim-")),
                    "{rest}"
                );
            }
            "WORKDIR" => place = PathBuf::from(rest),
            "COPY" => {
                let names: Vec<&str> = rest.split(' ').collect();
                let (to, from) = names.split_last().expect("it has two ends");
                for name in from {
                    assert!(root().join(name).exists(), "{name}");
                    assert!(*to == "./" || to == name, "{rest}");
                    copied.insert((*name).to_owned(), runs.len());
                }
            }
            "RUN" => runs.push(rest),
            "ENTRYPOINT" => {
                let words: Vec<String> = serde_json::from_str(rest).expect("it is a list");
                let program = Path::new(&words[0]).strip_prefix(&place).expect(rest);
                assert_eq!(program, Path::new("target/grader/grader"));
                assert_eq!(words[1..], ["--course", "/course"]);
            }
            "CMD" => drop(serde_json::from_str::<Vec<String>>(rest).expect("it is a list")),
            other => panic!("nobody tried {other} out"),
        }
    }
    let parts: BTreeSet<&str> = PARTS.into_iter().collect();
    assert_eq!(
        copied
            .keys()
            .map(String::as_str)
            .collect::<BTreeSet<&str>>(),
        parts
    );
    assert_eq!(
        copied["rust-toolchain.toml"], 0,
        "before the toolchain is fetched"
    );
    let [toolchain, build, grade] = *runs else {
        panic!("each step is tried out below: {runs:?}")
    };
    assert_eq!(toolchain, "rustup toolchain install");

    // What was built for these tests was built by that line, but for who waits for it.
    let cargo = build.strip_prefix("cargo build ").expect(build);
    for option in cargo.split(' ').filter(|word| word.starts_with("--")) {
        let known = ["--locked", "--quiet", "--profile", "--package"];
        assert!(known.contains(&option), "{option}");
    }
    let lock = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--locked",
            "--offline",
            "--no-deps",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(
        lock.status.success(),
        "the lockfile is what the manifests say"
    );

    // The last step, with the program that was built.
    let course = Scratch::gradable();
    let arguments: Vec<&str> = grade.split(' ').skip(1).collect();
    let said = course.run(&arguments);
    assert_eq!(said.code, 0, "{}", said.all());
}
