//! The verdict that the README shows is the one that its command brings.

use crate::courses::{Said, program, root};

/// The example's command, and what is shown below it.
const PROMPT: &str = "$ cargo grade ";

#[test]
fn the_verdict_in_the_readme_is_what_its_command_prints() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("it is there");
    let (_, example) = readme.split_once(PROMPT).expect("it shows one");
    let (command, rest) = example.split_once('\n').expect("it shows its output");
    let (shown, _) = rest.split_once("```").expect("the example ends");
    let said = Said::by(
        program()
            .current_dir(root())
            .arg("grade")
            .args(command.split_whitespace()),
    );
    assert_eq!(
        without_times(&said.out),
        without_times(shown),
        "{}",
        said.err
    );
}

/// No machine takes the same time twice.
fn without_times(verdict: &str) -> Vec<String> {
    let without = |line: &str| {
        let words = line.split_whitespace();
        let (mut kept, mut is_time) = (Vec::new(), false);
        for word in words {
            let is_unit = word.starts_with("ms");
            if is_unit && is_time {
                kept.pop();
            }
            is_time = word.parse::<u64>().is_ok();
            kept.push(word.to_owned());
        }
        kept.join(" ")
    };
    let lines = verdict.trim().lines().map(without);
    lines.collect()
}
