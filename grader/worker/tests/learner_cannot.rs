//! What submitted code cannot do with the kit and the worker, by the compiler's word.
//!
//! Here and not in the grader's suite: trybuild builds what the crate under test
//! needs once more, and this one needs little.

#[test]
fn the_kit_and_the_worker_keep_their_insides() {
    trybuild::TestCases::new().compile_fail("tests/cannot/*.rs");
}
