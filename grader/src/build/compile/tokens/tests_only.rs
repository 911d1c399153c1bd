//! Parts of a file that are compiled for tests only, and so never here.
//!
//! Only rustc can say whether something is compiled, so [`parts`] names only what leaves no doubt: an item at the top
//! of a file whose first attribute is `#[cfg(test)]`, and a file that begins with `#![cfg(test)]`. Within any
//! bracket there may be a macro's input, from which a macro can take the attribute away: nothing is named there.

use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

/// Words that an item begins with.
const ITEMS: [&str; 16] = [
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "macro_rules",
    "mod",
    "pub",
    "static",
    "struct",
    "trait",
    "type",
    "union",
    "unsafe",
    "use",
];

/// A token that means something, and where it is.
type Word<'a> = (TokenKind, &'a str, usize);

/// The parts, by their bytes.
pub(super) fn parts(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut rest = &*words;
    // The file's own attributes.
    while let Some((inner, after)) = attribute(rest, true) {
        if is_test(inner) {
            return std::iter::once(0..text.len()).collect();
        }
        rest = after;
    }
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let begins = rest.first().map_or(text.len(), |word| word.2);
        let first = attribute(rest, false);
        let (after, tests_only) = match first {
            Some((inner, after)) if is_test(inner) => (after, begins_item(after)),
            _ => (rest, false),
        };
        rest = after_item(after);
        let ends = rest.first().map_or(text.len(), |word| word.2);
        if tests_only {
            parts.push(begins..ends);
        }
    }
    parts
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut at = 0;
    let mut words = Vec::new();
    for token in tokenize(text, FrontmatterAllowed::No) {
        let start = at;
        at += token.len as usize;
        let means_nothing = matches!(
            token.kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        );
        if !means_nothing {
            words.push((token.kind, &text[start..at], start));
        }
    }
    words
}

/// The words in the brackets of the attribute at the start of `words`, and the words after it.
fn attribute<'w, 't>(
    words: &'w [Word<'t>],
    inner: bool,
) -> Option<(&'w [Word<'t>], &'w [Word<'t>])> {
    let after = match (words, inner) {
        ([(TokenKind::Pound, ..), (TokenKind::Bang, ..), after @ ..], true) => after,
        ([(TokenKind::Pound, ..), after @ ..], false) => after,
        _ => return None,
    };
    if after.first()?.0 != TokenKind::OpenBracket {
        return None;
    }
    let mut depth = 0;
    let end = after.iter().position(|(kind, ..)| {
        depth += depth_of(*kind);
        depth == 0
    })?;
    Some((&after[1..end], &after[end + 1..]))
}

/// Whether this is `cfg(test)`, or `cfg(all(test, …))`, which demands at least that.
fn is_test(inner: &[Word<'_>]) -> bool {
    let texts: Vec<&str> = inner.iter().map(|(_, text, _)| *text).collect();
    let end = texts.len().saturating_sub(2);
    match &*texts {
        ["cfg", "(", "test", ")"] => true,
        ["cfg", "(", "all", "(", "test", ",", .., ")", ")"] => {
            // The bracket that `all` opens must be the last but one to close.
            let mut depth = 0;
            let closes = inner[3..].iter().position(|(kind, ..)| {
                depth += depth_of(*kind);
                depth == 0
            });
            closes == Some(end - 3)
        }
        _ => false,
    }
}

/// Whether an item follows, perhaps after more attributes.
fn begins_item(mut words: &[Word<'_>]) -> bool {
    while let Some((_, after)) = attribute(words, false) {
        words = after;
    }
    words
        .first()
        .is_some_and(|(kind, text, _)| *kind == TokenKind::Ident && ITEMS.contains(text))
}

/// The words after the first `;` or closing brace outside all brackets: there an item has ended, or goes on.
fn after_item<'w, 't>(words: &'w [Word<'t>]) -> &'w [Word<'t>] {
    let mut depth = 0;
    let end = words.iter().position(|(kind, ..)| {
        depth += depth_of(*kind);
        depth <= 0 && matches!(kind, TokenKind::Semi | TokenKind::CloseBrace)
    });
    match end {
        // More closing than opening brackets is not Rust.
        Some(_) if depth < 0 => &[],
        Some(end) => &words[end + 1..],
        None => &[],
    }
}

fn depth_of(kind: TokenKind) -> i32 {
    match kind {
        TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => 1,
        TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        parts(text)
            .into_iter()
            .map(|part| text[part].trim_end())
            .collect()
    }

    #[test]
    fn an_item_for_tests_is_passed_over_to_its_end_and_no_further() {
        for (text, part) in [
            (
                "fn f() {}\n#[cfg(test)] mod t { a {} }\nfn g() {}",
                "#[cfg(test)] mod t { a {} }",
            ),
            (
                "#![allow(x)]\n/// For tests.\n#[cfg(test)]\n#[allow(y)]\nfn t() { [u8; 3] } fn g() {}",
                "#[cfg(test)]\n#[allow(y)]\nfn t() { [u8; 3] }",
            ),
            ("#[cfg(test)] use a::b; fn g() {}", "#[cfg(test)] use a::b;"),
            (
                "#[cfg(all(test, not(x)))] pub fn t() {} fn g() {}",
                "#[cfg(all(test, not(x)))] pub fn t() {}",
            ),
            (
                "#[cfg(test)] unsafe impl S for T {} fn g() {}",
                "#[cfg(test)] unsafe impl S for T {}",
            ),
            (
                "#[cfg(test)] use a::{b}; fn g() {}",
                "#[cfg(test)] use a::{b}",
            ),
        ] {
            assert_eq!(texts(text), [part], "{text}");
        }
        assert_eq!(
            texts("#![cfg(test)]\nfn f() {}"),
            ["#![cfg(test)]\nfn f() {}"]
        );
        assert_eq!(texts("#![allow(x)] #![cfg(test)] fn f() {}").len(), 1);
    }

    #[test]
    fn where_there_is_doubt_nothing_is_passed_over() {
        for text in [
            // A macro may take the attribute away.
            "m! { #[cfg(test)] mod t { a } }",
            "m!(#[cfg(test)] mod t { a });",
            "macro_rules! m { () => { #[cfg(test)] mod t { a } } }",
            // So may an attribute that comes before it.
            "#[m] #[cfg(test)] mod t { a }",
            "#[cfg_attr(all(), m)] #[cfg(test)] mod t { a }",
            "mod n { #[cfg(test)] mod t { a } }",
            "fn f() { #[cfg(test)] mod t { a } }",
            // The attribute belongs to something else.
            "#[cfg(not(test))] mod t { a }",
            "#[cfg(any(test, x))] mod t { a }",
            "#[cfg(all(test, x), y)] mod t { a }",
            "#[cfg(all(test), any())] mod t { a }",
            "#[cfg_attr(test, x)] mod t { a }",
            "#[r#cfg(test)] mod t { a }",
            "#[cfg(r#test)] mod t { a }",
            "#[cfg(\"test\")] mod t { a }",
            "#[doc = \"#[cfg(test)]\"] mod t { a }",
            "// #[cfg(test)]\nmod t { a }",
            "const A: &str = \"\n#[cfg(test)]\"; mod t { a }",
            "#![cfg(not(test))] mod t { a }",
            "mod n {} #![cfg(test)] mod t { a }",
            // No item follows.
            "#[cfg(test)] { a }",
            "#[cfg(test)] x + { a }",
            // An item that goes on.
            "const A: u8 = { 1 } + #[cfg(test)] fn",
            "} #[cfg(test)] mod t { a }",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }
}
