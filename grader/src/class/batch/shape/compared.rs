//! Two texts of a language compared by what counts of them, for the tests of each language.

use super::Piece;

/// What counts of a text.
type Pieces = fn(&str) -> Vec<Piece<'_>>;

/// The pieces with names as numbers.
fn numbered(pieces: Pieces, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let number = |piece| match piece {
        Piece::Fixed(word) => format!("={word}"),
        Piece::Name(word) => {
            let known = names.iter().position(|it| *it == word);
            let new = || {
                names.push(word);
                names.len() - 1
            };
            known.unwrap_or_else(new).to_string()
        }
    };
    pieces(text).into_iter().map(number).collect()
}

#[track_caller]
pub(super) fn same(pieces: Pieces, one: &str, other: &str) {
    let [first, second] = [one, other].map(|text| numbered(pieces, text));
    assert_eq!(first, second, "{one}\n---\n{other}");
}

#[track_caller]
pub(super) fn other(pieces: Pieces, one: &str, other: &str) {
    let [first, second] = [one, other].map(|text| numbered(pieces, text));
    assert_ne!(first, second, "{one}\n---\n{other}");
}
