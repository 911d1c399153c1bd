//! What counts of a Rust file, by rustc's own lexer.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use super::Piece;

/// Words that no renaming can touch.
const KEYWORDS: &[&str] = &[
    "Self", "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum",
    "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move",
    "mut", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while", "yield",
];

pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut at = 0;
    let piece = |token: ra_ap_rustc_lexer::Token| {
        let word = &text[at..at + token.len as usize];
        at += token.len as usize;
        match token.kind {
            TokenKind::Whitespace
            | TokenKind::LineComment { .. }
            | TokenKind::BlockComment { .. } => None,
            TokenKind::Ident | TokenKind::RawIdent if KEYWORDS.binary_search(&word).is_err() => {
                Some(Piece::Name(word))
            }
            _ => Some(Piece::Fixed(word)),
        }
    };
    tokenize(text, FrontmatterAllowed::No)
        .filter_map(piece)
        .collect()
}
