//! The container, whose steps are tried one by one.

use grader::course::language::Language;
use grader::drive::interpreter::Interpreter;

use super::*;

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
    let [toolchain, python, build, grades @ ..] = &*runs else {
        panic!("each step is tried out below: {runs:?}")
    };
    assert_eq!(*toolchain, "rustup toolchain install");
    assert!(python.starts_with("apt-get update && apt-get install --yes "));
    assert!(python.ends_with(" python3 nodejs"));

    // The crates for these tests were built by that line, apart from the audience.
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

    // The last steps, with the built program.
    let course = Scratch::gradable();
    assert_eq!(grades.len(), 2, "one for each language");
    for grade in grades {
        if grade.contains("/python/") && Interpreter::find(Language::Python).is_err() {
            continue;
        }
        let arguments: Vec<&str> = grade.split(' ').skip(1).collect();
        let said = course.run(&arguments);
        assert_eq!(said.code, 0, "{}", said.all());
    }
}
