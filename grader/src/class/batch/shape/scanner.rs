//! Reading a text from its beginning, for languages without a lexer at hand. Its main type
//! is [`Scanner`]. It takes any text, and always gets further.

use super::Piece;

/// A text, and how far it was read.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, at: 0 }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next letter.
    pub(super) fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn starts_with(&self, words: &str) -> bool {
        self.rest().starts_with(words)
    }

    /// Takes so many bytes, which end with a letter, or all that is left.
    pub(super) fn take(&mut self, bytes: usize) -> &'a str {
        let taken = self.rest().get(..bytes).unwrap_or(self.rest());
        self.at += taken.len();
        taken
    }

    /// Takes the next letter.
    pub(super) fn take_one(&mut self) -> &'a str {
        let length = self.next().map_or(0, char::len_utf8);
        self.take(length)
    }

    /// Takes letters for as long as they are like this.
    pub(super) fn take_while(&mut self, like: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest().find(|letter| !like(letter));
        self.take(end.unwrap_or(self.rest().len()))
    }

    /// Takes all up to these words, and them; all that is left if they do not come.
    pub(super) fn take_through(&mut self, words: &str) -> &'a str {
        let end = self.rest().find(words).map(|at| at + words.len());
        self.take(end.unwrap_or(self.rest().len()))
    }

    /// Takes a number, if one is next: its digits, its point, and the sign of its exponent.
    pub(super) fn number(&mut self) -> Option<&'a str> {
        let is_digit = |letter: Option<char>| letter.is_some_and(|it| it.is_ascii_digit());
        let point = self.starts_with(".") && is_digit(self.rest().chars().nth(1));
        if !is_digit(self.next()) && !point {
            return None;
        }
        let mut before = '0';
        let is_hex = self.starts_with("0x") || self.starts_with("0X");
        let is_part = |(_, letter): &(usize, char)| {
            let signed = !is_hex && matches!(before, 'e' | 'E') && matches!(letter, '+' | '-');
            before = *letter;
            letter.is_alphanumeric() || matches!(letter, '.' | '_') || signed
        };
        let parts = self.rest().char_indices().take_while(is_part);
        let end = parts.last().map_or(0, |(at, it)| at + it.len_utf8());
        Some(self.take(end))
    }

    /// Takes the text of a string up to `quote`, which is left, or up to where it cannot go
    /// on; `stops` is where something else begins in it.
    pub(super) fn string(
        &mut self,
        quote: &str,
        lines: bool,
        stops: impl Fn(&str) -> bool,
    ) -> Piece<'a> {
        let begun = self.at;
        while let Some(letter) = self.next() {
            if self.starts_with(quote) || stops(self.rest()) || (letter == '\n' && !lines) {
                break;
            }
            if letter == '\\' {
                self.take_one();
            }
            self.take_one();
        }
        Piece::Fixed(&self.text[begun..self.at])
    }
}
