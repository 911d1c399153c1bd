//! The workflow for a student's repository.

use super::*;

fn packing(options: &[&str]) -> Packing {
    Packing {
        drills: vec!["cache_race".to_owned()],
        language: None,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    }
}

/// The value at `key` of a mapping.
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
            if !action.starts_with("actions/checkout@") {
                assert!(action.starts_with("actions/cache/"), "{action}");
                // Only the course's files are kept for the next push.
                let kept = at(with, "path").as_str().expect("it is text");
                for path in kept.lines() {
                    assert!(
                        path.starts_with("${{ runner.temp }}/course/target/grader/"),
                        "{path}"
                    );
                }
                assert!(
                    fetched == ["ada/course"],
                    "nothing of the student's was run by then"
                );
                continue;
            }
            assert_eq!(at(with, "persist-credentials").as_bool(), Some(false));
            let repository = with
                .as_mapping_get("repository")
                .and_then(|name| name.as_str());
            fetched.push(repository.unwrap_or("the student's"));
        }
        if let Some(run) = step.as_mapping_get("run").and_then(|run| run.as_str()) {
            // Nothing that a stranger chooses becomes part of a script.
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
    for name in ["rustup", "cargo", "sudo"] {
        stand_in(folder.path(), name);
    }
    let course = Scratch::gradable();
    let summary = folder.path().join("summary.md");
    let mut log = String::new();
    let mut checkouts = 0;
    let output = folder.path().join("output");
    stand_in(folder.path(), "git");
    for step in steps.as_sequence().expect("it is a list") {
        let Some(run) = step.as_mapping_get("run").and_then(|run| run.as_str()) else {
            let action = at(step, "uses").as_str().expect("it is a name");
            if !action.starts_with("actions/checkout@") {
                continue;
            }
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
            .env("GITHUB_OUTPUT", &output)
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
    assert!(summary.contains("cache_race: not yet"), "{summary}");
}
