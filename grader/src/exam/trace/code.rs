//! The code beside a figure's lanes: the functions in which requests are suspended, and at
//! which of their lines. Its main type is [`Code`].
//!
//! What a request waits for was seen. The author of the figure names the line by a piece
//! of its text. A text that is not there, or is there twice, is refused.

use std::ops::RangeInclusive;

use serde::Serialize;

use play::world::World;

/// What a mark is called where a request waits for no operation of its own.
const OTHER: &str = "other";

/// The functions in which requests are suspended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// Their lines, with an empty one between two functions.
    lines: Vec<String>,
    /// For each kind of operation the line, counted from 0, where the request that began
    /// one is suspended as long as it is under way. Then the lines of the world's other awaits.
    kinds: Vec<Option<usize>>,
    /// The same for a request that waits and has no operation under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<usize>,
}

impl Code {
    /// The functions of `source` that hold the marked lines. Each mark is the noun of
    /// something that is awaited, or `other`, and a text that one line holds.
    ///
    /// # Errors
    /// When a noun is unknown, or a text is not on exactly one line of a function.
    pub fn of(source: &str, world: &dyn World, marks: &[(String, String)]) -> Result<Code, String> {
        let all: Vec<&str> = source.lines().collect();
        let operations = world.kinds().iter().map(|kind| kind.noun);
        let nouns: Vec<&str> = operations.chain(world.awaits().iter().copied()).collect();
        let mut functions: Vec<RangeInclusive<usize>> = Vec::new();
        let mut found = Vec::new();
        for (noun, text) in marks {
            let kind = nouns.iter().position(|known| known == noun);
            if kind.is_none() && noun != OTHER {
                let known = nouns.join("`, `");
                return Err(format!("`{noun}` is neither `{known}` nor `{OTHER}`"));
            }
            let line = only_line(&all, text)?;
            let function = function_around(&all, line)
                .ok_or_else(|| format!("`{text}` is on a line outside every function"))?;
            if !functions.contains(&function) {
                functions.push(function);
            }
            found.push((kind, line));
        }
        functions.sort_by_key(|function| *function.start());
        let mut code = Code {
            lines: Vec::new(),
            kinds: vec![None; nouns.len()],
            other: None,
        };
        for function in functions {
            if !code.lines.is_empty() {
                code.lines.push(String::new());
            }
            for (kind, line) in &found {
                if !function.contains(line) {
                    continue;
                }
                let place = Some(code.lines.len() + line - function.start());
                match kind {
                    Some(kind) => code.kinds[*kind] = place,
                    None => code.other = place,
                }
            }
            let indent = indent(all[*function.start()]);
            let dedented = all[function].iter().map(|line| line.get(indent..));
            code.lines
                .extend(dedented.map(|line| line.unwrap_or_default().to_owned()));
        }
        Ok(code)
    }
}

/// The number of the only line that holds `text`.
fn only_line(all: &[&str], text: &str) -> Result<usize, String> {
    let mut holding = (0..all.len()).filter(|at| all[*at].contains(text));
    match (holding.next(), holding.next()) {
        (Some(line), None) => Ok(line),
        (None, _) => Err(format!("no line holds `{text}`")),
        (Some(_), Some(_)) => Err(format!("more than one line holds `{text}`")),
    }
}

/// The lines of the function around a line, formatted as rustfmt does.
fn function_around(all: &[&str], line: usize) -> Option<RangeInclusive<usize>> {
    let begins = |at: &usize| {
        let words = all[*at].split_whitespace();
        let mut words = words.skip_while(|word| matches!(*word, "pub" | "async"));
        words.next() == Some("fn")
    };
    let first = (0..=line).rev().find(begins)?;
    let end = format!("{}}}", " ".repeat(indent(all[first])));
    let last = (line..all.len()).find(|at| all[*at] == end)?;
    Some(first..=last)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use play::world;

    use super::*;

    const SOURCE: &str = "\
impl Accounts {
    /// Pays in.
    pub async fn deposit(&self, amount: i64) -> i64 {
        let held = self.turn().await;
        let balance = self.bank.read(1).await;
        self.bank.write(1, balance + amount).await
    }

    fn nothing(&self) {}

    async fn turn(&self) -> Held {
        self.lock.lock().await
    }
}
";

    fn code(marks: &[(&str, &str)]) -> Result<Code, String> {
        let owned = |(noun, text): &(&str, &str)| (noun.to_string(), text.to_string());
        let marks: Vec<_> = marks.iter().map(owned).collect();
        Code::of(SOURCE, &world::bank::Bank, &marks)
    }

    #[test]
    fn the_functions_are_shown_in_which_a_request_is_suspended() {
        let code = code(&[
            ("other", "lock()"),
            ("write", ".write("),
            ("read", ".read("),
        ]);
        let code = code.expect("each is there once");
        assert_eq!(
            code.lines[0],
            "pub async fn deposit(&self, amount: i64) -> i64 {"
        );
        assert_eq!(
            code.lines[5..],
            [
                "",
                "async fn turn(&self) -> Held {",
                "    self.lock.lock().await",
                "}"
            ]
        );
        assert_eq!((code.kinds, code.other), (vec![Some(2), Some(3)], Some(7)));
    }

    #[test]
    fn an_await_that_is_no_operation_has_a_place_after_the_operations() {
        let marks = [("pause", ".read("), ("start", "lock()")];
        let marks = marks.map(|(noun, text)| (noun.to_owned(), text.to_owned()));
        let code = Code::of(SOURCE, &world::work::Work, &marks).expect("each is there once");
        assert_eq!((code.kinds, code.other), (vec![Some(7), Some(2)], None));
    }

    #[test]
    fn a_mark_that_names_no_line_or_several_is_refused() {
        for (marks, why) in [
            (("read", "sleep("), "no line holds `sleep(`"),
            (("read", ".await"), "more than one line holds `.await`"),
            (
                ("read", "impl"),
                "`impl` is on a line outside every function",
            ),
            (
                ("fetch", ".read("),
                "`fetch` is neither `read`, `write` nor `other`",
            ),
        ] {
            assert_eq!(code(&[marks]).unwrap_err(), why);
        }
    }
}
