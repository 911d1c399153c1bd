//! Hints that rustc cannot give about a submission that does not compile: it is graded as edition 2024, without
//! Cargo. One line for each problem that rustc's words point to.

mod receiver;
mod sending;

use crate::build::submission::Submission;

/// The line that stands before all that rustc said, with an empty one after it; most often there is none.
pub(super) fn first(text: &str) -> String {
    sending::of(text).map_or_else(String::new, |line| format!("{line}\n\n"))
}

/// The hints for rustc's output, each after an empty line.
pub(super) fn of(text: &str, contract: &str, submission: &Submission) -> String {
    let mut hints: Vec<String> = Vec::new();
    let said = |words: &[&str]| words.iter().any(|words| text.contains(words));
    if said(&["not defined at compile time"]) {
        hints.push(
            "submissions are graded as edition 2024, without Cargo: of its variables only `CARGO_PKG_…` \
             and `CARGO_MANIFEST_DIR` are set, and no build script runs"
                .to_owned(),
        );
    }
    if said(&["edition 202", "Rust 2024"]) {
        hints.push("submissions are graded as edition 2024, without Cargo".to_owned());
    }
    if said(&["couldn't read"]) {
        hints.push(
            "a file that is included must be handed in with the crate, below the folder that holds `src`, and named \
             by a string"
                .to_owned(),
        );
    }
    if said(&["global_allocator", "global allocator"]) {
        hints.push(
            "the grader counts what a submission holds with an allocator of its own; leave out `#[global_allocator]`"
                .to_owned(),
        );
    }
    hints.extend(receiver::of(text, contract, submission));
    hints.extend(missing_modules(text).filter_map(|name| in_another_case(name, submission)));
    hints.iter().map(|hint| format!("\n\n{hint}")).collect()
}

fn missing_modules(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("file not found for module `").skip(1);
    after.filter_map(|rest| rest.split('`').next())
}

/// A file that a system which ignores case would take for the module's.
fn in_another_case(module: &str, submission: &Submission) -> Option<String> {
    let names = [format!("{module}.rs"), format!("{module}/mod.rs")];
    let wanted = |path: &&String| {
        let ends = |name: &String| {
            let at = path.len().checked_sub(name.len());
            let end = at.and_then(|at| path.get(at..));
            let apart = at.is_some_and(|at| path[..at].ends_with('/'));
            apart && end.is_some_and(|end| end.eq_ignore_ascii_case(name))
        };
        names.iter().any(ends)
    };
    let found = submission.files().keys().find(wanted)?;
    let found = play::text::one_line(found, 100);
    Some(format!(
        "there is `{found}`, but upper and lower case are different names here: give the module and its file the same name"
    ))
}
