//! What counts of a JavaScript file: no comment, no layout, no semicolon that ends a
//! statement. What a template string has in `${…}` is code like any other.

use super::Piece;
use super::scanner::Scanner;

/// Words that no renaming can touch.
const KEYWORDS: &[&str] = &[
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "let",
    "new",
    "null",
    "of",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Keywords that are values: what divides may follow them.
const VALUES: [&str; 5] = ["false", "null", "super", "this", "true"];

pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut scanner = Scanner::new(text);
    if scanner.starts_with("#!") {
        scanner.take_while(|letter| letter != '\n');
    }
    let mut file = File {
        scanner,
        open: Vec::new(),
        all: Vec::new(),
    };
    while file.scanner.next().is_some() {
        file.token();
    }
    file.all
}

/// A file, as far as it was read.
struct File<'a> {
    scanner: Scanner<'a>,
    /// The brackets that are open; `$` is that of a template string.
    open: Vec<char>,
    all: Vec<Piece<'a>>,
}

impl<'a> File<'a> {
    /// Takes one token, or what does not count.
    fn token(&mut self) {
        if self.scanner.starts_with("//") {
            self.scanner.take_while(|letter| letter != '\n');
            return;
        }
        if self.scanner.starts_with("/*") {
            self.scanner.take(2);
            self.scanner.take_through("*/");
            return;
        }
        if let Some(number) = self.scanner.number() {
            self.all.push(Piece::Fixed(number));
            return;
        }
        let is_part = |letter: char| letter.is_alphanumeric() || "_$".contains(letter);
        let word = self.scanner.take_while(is_part);
        if !word.is_empty() {
            self.all.push(match KEYWORDS.binary_search(&word) {
                Ok(_) => Piece::Fixed(word),
                Err(_) => Piece::Name(word),
            });
            return;
        }
        match self.scanner.next() {
            Some('"' | '\'') => self.string(),
            Some('`') => {
                self.scanner.take_one();
                self.all.push(Piece::Fixed("`"));
                self.template();
            }
            Some('/') if self.may_be_a_pattern() && self.pattern() => {}
            Some(letter) if letter.is_whitespace() => drop(self.scanner.take_one()),
            Some(letter) => self.sign(letter),
            None => {}
        }
    }

    fn sign(&mut self, letter: char) {
        let sign = self.scanner.take_one();
        match letter {
            '(' | '[' | '{' => self.open.push(letter),
            // What closes the code in a template goes on with its text.
            ')' | ']' | '}' if self.open.pop() == Some('$') => {
                self.template();
                return;
            }
            // In `for (;;)` they separate; elsewhere a line's end does as well.
            ';' if self.open.last() != Some(&'(') => return,
            _ => {}
        }
        self.all.push(Piece::Fixed(sign));
    }

    /// A string; which quotes it is in does not count.
    fn string(&mut self) {
        let quote = self.scanner.take_one();
        let text = self.scanner.string(quote, false, |_| false);
        // Its text may look like a sign; its quote does not.
        self.all.extend([text, Piece::Fixed("\"")]);
        if self.scanner.starts_with(quote) {
            self.scanner.take_one();
        }
    }

    /// The text of a template string, up to its end or to code in it.
    fn template(&mut self) {
        let text = self
            .scanner
            .string("`", true, |rest| rest.starts_with("${"));
        self.all.push(text);
        if self.scanner.starts_with("${") {
            self.scanner.take(2);
            self.all.push(Piece::Fixed("${"));
            self.open.push('$');
        } else {
            self.scanner.take_one();
            self.all.push(Piece::Fixed("`"));
        }
    }

    /// Whether `/` does not divide here, because there is no value before it.
    fn may_be_a_pattern(&self) -> bool {
        match self.all.last() {
            None => true,
            Some(Piece::Name(_)) => false,
            Some(Piece::Fixed(word)) => {
                let is_keyword = KEYWORDS.binary_search(word).is_ok() && !VALUES.contains(word);
                is_keyword || word.len() == 1 && "([{,;=:?!&|+-*%<>~^".contains(word)
            }
        }
    }

    /// Takes `/…/flags`; nothing, if it does not end in this line.
    fn pattern(&mut self) -> bool {
        let (mut in_class, mut escaped) = (false, false);
        for (at, letter) in self.scanner.rest().char_indices().skip(1) {
            match letter {
                '\n' => return false,
                _ if std::mem::take(&mut escaped) => {}
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    let pattern = self.scanner.take(at + 1);
                    let flags = self.scanner.take_while(char::is_alphanumeric);
                    // The last piece must be no sign: what follows may divide.
                    self.all
                        .extend([Piece::Fixed(pattern), Piece::Fixed(flags)]);
                    return true;
                }
                _ => {}
            }
        }
        false
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
    fn comments_and_layout_do_not_count() {
        same("let a = 1;", "let b = 1 // it's one\n/* `two` */");
        same("#!/usr/bin/env node\nf()", "f();");
        same("a = 'x'", "a = \"x\"");
        same("f(a,\n b)", "f(a, b);");
        same("const r = /[/*]/g; // 1", "const s = /[/*]/g // 2");
        same("x = a / b / c // 1", "x = a / b / c /* 2 */");
    }

    #[test]
    fn what_is_done_counts() {
        other("'//'", "''");
        other("a - b", "a + b");
        other("for (;;) f()", "for (;) f()");
        other("`//a`", "`//b`");
        other("await f()", "f()");
        other("x = /a/", "x = /b/");
        other("return /'/", "return /\"/");
        other("x.then(a, b)", "x.then(b, a); a");
        other("`\\``+a", "`\\``+b+a+b");
    }

    #[test]
    fn code_in_a_template_is_code() {
        same("(id) => `user ${id}`", "(uid) => `user ${uid}`");
        same("`${a ? `x${b}` : '}'}` // 1", "`${c ? `x${d}` : '}'}` // 2");
        same("`${{ a: 1 }.a}`; // 1", "`${{ b: 1 }.b}`; // 2");
        other("`${a}${b}`; a", "`${a}${b}`; b");
        other("`{a}`", "`{b}`");
    }

    #[test]
    fn what_is_not_closed_ends_somewhere() {
        for text in ["'", "`", "`${", "/*", "/", "}", "`${`${", "\\", "/[", "#"] {
            let _ = pieces(text);
        }
    }
}
