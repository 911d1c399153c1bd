//! What counts of a Python file: no comment, no docstring, no empty line, and of the
//! indentation only its depth. The fields of an f-string are code like any other.

use super::Piece;
use super::scanner::Scanner;

/// Words that no renaming can touch.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The longest letters before a string's quote: `rb`, `Rf`.
const PREFIX: usize = 2;

/// Strings in strings that are still told apart; deeper ones are text.
const DEPTH: usize = 8;

pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut file = File {
        scanner: Scanner::new(text),
        line: Vec::new(),
        is_text: true,
        depths: Vec::new(),
        all: Vec::new(),
    };
    file.read();
    file.all
}

/// A file, as far as it was read.
struct File<'a> {
    scanner: Scanner<'a>,
    /// The logical line that is read.
    line: Vec<Piece<'a>>,
    /// Whether there is nothing but text in it: then it does nothing.
    is_text: bool,
    /// The indentations that are open.
    depths: Vec<usize>,
    all: Vec<Piece<'a>>,
}

impl<'a> File<'a> {
    fn read(&mut self) {
        let (mut brackets, mut indented) = (0_usize, self.indentation());
        while let Some(letter) = self.scanner.next() {
            match letter {
                '\n' if brackets == 0 => {
                    self.scanner.take_one();
                    self.end_line(indented);
                    indented = self.indentation();
                }
                ';' if brackets == 0 => {
                    self.scanner.take_one();
                    self.end_line(indented);
                }
                '(' | '[' | '{' => brackets += 1,
                ')' | ']' | '}' => brackets = brackets.saturating_sub(1),
                _ => {}
            }
            if letter != '\n' && letter != ';' || brackets > 0 {
                self.token(DEPTH);
            }
        }
        self.end_line(indented);
    }

    /// How far the next line is indented.
    fn indentation(&mut self) -> usize {
        let blank = self
            .scanner
            .take_while(|letter| " \t\u{c}".contains(letter));
        blank.chars().fold(0, |wide, letter| match letter {
            '\t' => (wide / 8 + 1) * 8,
            _ => wide + 1,
        })
    }

    fn end_line(&mut self, indented: usize) {
        let line = std::mem::take(&mut self.line);
        let does_nothing = std::mem::replace(&mut self.is_text, true);
        if does_nothing {
            return;
        }
        while self.depths.last().is_some_and(|depth| *depth > indented) {
            self.depths.pop();
            self.all.push(Piece::Fixed("<"));
        }
        if self.depths.last().copied().unwrap_or(0) < indented {
            self.depths.push(indented);
            self.all.push(Piece::Fixed(">"));
        }
        self.all.extend(line);
        self.all.push(Piece::Fixed("\n"));
    }

    /// Takes one token, or what does not count.
    fn token(&mut self, depth: usize) {
        if let Some(number) = self.scanner.number() {
            self.put(Piece::Fixed(number));
            return;
        }
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let word = self.scanner.take_while(is_part);
        match self.scanner.next() {
            Some('"' | '\'') if word.len() <= PREFIX => self.string(word, depth),
            _ if !word.is_empty() => self.put(match KEYWORDS.binary_search(&word) {
                Ok(_) => Piece::Fixed(word),
                Err(_) => Piece::Name(word),
            }),
            Some('#') => drop(self.scanner.take_while(|letter| letter != '\n')),
            Some('\\') => {
                self.scanner.take_one();
                self.scanner.take_while(|letter| letter == '\r');
                if self.scanner.starts_with("\n") {
                    self.scanner.take_one();
                }
            }
            Some(letter) if letter.is_whitespace() => drop(self.scanner.take_one()),
            Some(_) => {
                let sign = self.scanner.take_one();
                self.put(Piece::Fixed(sign));
            }
            None => {}
        }
    }

    fn put(&mut self, piece: Piece<'a>) {
        self.is_text = false;
        self.line.push(piece);
    }

    /// A string behind its prefix; which quotes it is in does not count.
    fn string(&mut self, prefix: &'a str, depth: usize) {
        let rest = self.scanner.rest();
        let is_long = rest.starts_with("\"\"\"") || rest.starts_with("'''");
        let quote = self.scanner.take(if is_long { 3 } else { 1 });
        let is_formatted = prefix.contains(['f', 'F', 't', 'T']) && depth > 0;
        self.line.extend([Piece::Fixed("\""), Piece::Fixed(prefix)]);
        loop {
            let opens = |rest: &str| is_formatted && rest.starts_with('{');
            let text = self.scanner.string(quote, is_long, opens);
            self.line.push(text);
            if !is_formatted || !self.scanner.starts_with("{") {
                break;
            }
            if self.scanner.starts_with("{{") {
                let brace = self.scanner.take(2);
                self.line.push(Piece::Fixed(brace));
                continue;
            }
            self.field(quote, depth - 1);
        }
        if self.scanner.starts_with(quote) {
            self.scanner.take(quote.len());
        }
    }

    /// `{…}` in a string that ends with `quote`.
    fn field(&mut self, quote: &str, depth: usize) {
        let mut brackets = 0_usize;
        while let Some(letter) = self.scanner.next() {
            match letter {
                '(' | '[' | '{' => brackets += 1,
                ')' | ']' => brackets = brackets.saturating_sub(1),
                '}' => brackets = brackets.saturating_sub(1),
                // Older versions end the string here, and so does a mistake.
                _ if brackets == 1 && self.scanner.starts_with(quote) => return,
                '\n' if quote.len() == 1 => return,
                _ => {}
            }
            self.token(depth);
            if letter == '}' && brackets == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::compared;
    use super::*;

    fn same(one: &str, other: &str) {
        compared::same(pieces, one, other);
    }

    fn other(one: &str, other: &str) {
        compared::other(pieces, one, other);
    }

    #[test]
    fn comments_docstrings_and_layout_do_not_count() {
        same("a = 1", "b = 1  # it's one\n\n# end");
        same("a = 1\n", "a = \\\n  1\r\n");
        same("f(a,\n  b)\n", "f(a, b)  # (");
        same(
            "def f():\n    return 1\n",
            "def g():\n\t'''Doc # \"x\"'''\n\n\treturn 1",
        );
        same("a = 'x'", "a = \"x\"");
        same("a; b", "a\nb\n");
        same("if a:\n  b\nc\n", "if a:\n      b\n  # odd\nc");
    }

    #[test]
    fn what_is_done_counts() {
        other("if a:\n  b\n  c\n", "if a:\n  b\nc\n");
        other("a = 'x'", "a = 'y'");
        other("a = b''", "a = ''");
        other("a = '#'", "a = ''");
        other("f(a, b)", "f(b, a)\nf(a, b)");
        other("a + b", "a - b");
        other("async def f(): pass", "def f(): pass");
        other("x = '''a\nb'''", "x = '''a\nc'''");
        other("x = 1e-3", "x = 1e+3");
    }

    #[test]
    fn a_field_of_a_string_is_code() {
        same("f'user {uid}'", "f'user {key}'");
        same(
            "def g(uid):\n x = f'user {uid!r:>{uid}}'",
            "def g(a):\n x = f\"user {a!r:>{a}}\"",
        );
        same("x = f'{d[\"a\"]}' # 1", "y = f'{e[\"a\"]}' # 2");
        same("x = f\"{d[\"a\"]} b\" # 1", "y = f\"{e[\"a\"]} b\" # 2");
        other("x = f'{a}{b}'; a; b", "x = f'{a}{b}'; b; a");
        other("x = f'{{a}}'", "x = f'{{b}}'");
        other("x = '{a}'", "x = '{b}'");
    }

    #[test]
    fn what_is_not_closed_ends_somewhere() {
        for text in [
            "'",
            "\"\"\"",
            "f'{",
            "f'{'",
            "(",
            "\\",
            "f'''{f'''{f'''{",
            "r'\\",
            "f\"{x\ny",
        ] {
            let _ = pieces(text);
        }
        same("a = 'x\nb = 1 # c", "a = 'x\nb = 1 # d");
    }
}
