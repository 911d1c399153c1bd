//! tokio's panics about blocking.

use super::*;

/// A fixture, the pinned tokio's message, and our explanation.
pub(super) const PANICS: [(&str, &str, &str); 5] = [
    (
        "blocks_in_place",
        "can call blocking only when running on the multi-threaded runtime",
        "this runtime has one thread only",
    ),
    (
        "blocks_on_the_handle",
        "Cannot start a runtime from within a runtime",
        "`block_on` waits for a future by stopping the thread",
    ),
    (
        "receives_by_blocking",
        "Cannot block the current thread from within a runtime",
        "use the form that is awaited",
    ),
    (
        "drops_a_runtime",
        "Cannot drop a runtime in a context where blocking is not allowed",
        "it was dropped on the loop",
    ),
    (
        "spawns_without_a_runtime",
        "there is no reactor running",
        "a thread that tokio did not start knows no runtime",
    ),
];

#[test]
fn what_tokio_says_about_blocking_is_explained() {
    for (name, words, meaning) in PANICS {
        let verdict = verdict(&fixture(name));
        assert_eq!(failed(&verdict), ["loop_answers"], "{name}");
        let message = &check(&verdict, "loop_answers").message;
        let beginning = format!("request 1 panicked: {words}");
        assert!(message.starts_with(&beginning), "{name}: {message}");
        assert!(message.contains(meaning), "{name}: {message}");
    }
}

#[test]
fn every_explanation_has_a_submission_that_provokes_its_panic() {
    let source = root().join("grader/src/drills/offload/panics.rs");
    let source = fs::read_to_string(source).expect("it is there");
    let explained = source.matches("\n    (\n").count();
    assert_eq!(explained, PANICS.len());
    for (_, words, _) in PANICS {
        assert!(source.contains(&format!("\"{words}\"")), "{words}");
    }
}

#[test]
fn no_message_names_a_folder_of_this_machine() {
    let verdict = verdict(&fixture("drops_a_runtime"));
    for check in &verdict.checks {
        let told = check.timeline.concat() + &check.message;
        assert!(!told.contains("(/"), "{told}");
    }
}

#[test]
#[ignore = "a message is cut before the place of the panic"]
fn a_panic_about_blocking_says_where_it_was_raised() {
    for (name, ..) in &PANICS[..3] {
        let verdict = verdict(&fixture(name));
        let message = &check(&verdict, "loop_answers").message;
        assert!(message.contains(&format!("({name}.rs:")), "{message}");
    }
}
