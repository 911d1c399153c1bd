//! What the book says does not compile, does not, with the message it shows.

#[test]
fn what_the_book_calls_an_error_is_one() {
    trybuild::TestCases::new().compile_fail("tests/cannot/*.rs");
}
