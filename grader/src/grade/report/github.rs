//! GitHub Actions: the log, annotations, and the step summary.
//!
//! Text that a submission may have influenced is written while commands are
//! stopped, and escaped inside a command.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Human, Markdown, Report, words};
use crate::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};
use play::text::{excerpt, one_line};

/// GitHub shows at most this many annotations of a kind for one step.
const ANNOTATIONS: usize = 10;

/// GitHub accepts a summary of up to 1 MiB for a step.
const LARGEST_SUMMARY: usize = 1000 << 10;

/// The longest annotation, in bytes.
const LONGEST: usize = 4 << 10;

/// Writes the log as it goes, then the annotations and the summary.
#[derive(Debug)]
pub struct Github {
    /// The token that ends the part of the log in which commands are stopped; nobody can guess it.
    pub token: String,
    /// The repository's folder, from which annotations name files.
    pub workspace: Option<PathBuf>,
    /// The file that the step summary is appended to.
    pub summary: Option<PathBuf>,
    /// The submissions that were read.
    pub sources: Vec<Source>,
}

/// The place of a submission's code.
#[derive(Clone, Debug)]
pub struct Source {
    /// The submission, as its verdict names it.
    pub submission: String,
    /// Its root file, as its own messages name it.
    pub root: String,
    /// That file's text.
    pub text: String,
}

/// An annotation's place.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    file: PathBuf,
    line: Option<usize>,
}

impl Report for Github {
    fn one(&self, verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "::stop-commands::{}", self.token)?;
        let written = Human.one(verdict, out);
        writeln!(out, "::{}::", self.token)?;
        written
    }

    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        let mut errors = Vec::new();
        let mut warnings = Vec::new();
        for verdict in verdicts {
            self.annotate(verdict, &mut errors, &mut warnings);
        }
        for (kind, lines) in [("error", errors), ("warning", warnings)] {
            for line in lines.iter().take(ANNOTATIONS) {
                writeln!(out, "::{kind} {line}")?;
            }
        }
        if let Some(path) = &self.summary {
            let mut file = OpenOptions::new().append(true).create(true).open(path)?;
            let summary = Markdown {
                limit: Some(LARGEST_SUMMARY),
            };
            summary.all(verdicts, &mut file)?;
        }
        Ok(())
    }
}

impl Github {
    fn annotate(&self, verdict: &Verdict, errors: &mut Vec<String>, warnings: &mut Vec<String>) {
        let drill = one_line(&verdict.drill, 60);
        if let Some(reason) = words::reason(verdict, LONGEST) {
            let title = format!("{drill}: {}", words::ended_of(verdict));
            let place = match verdict.status {
                Status::InfraError => None,
                _ => Some(self.place(verdict, &verdict.diagnostics)),
            };
            errors.push(self.line(place, &title, &reason));
            return;
        }
        for check in &verdict.checks {
            if check.status != CheckStatus::Failed {
                continue;
            }
            let words = format!("{}\n{}", check.title, check.message);
            let place = Some(self.place(verdict, &words));
            let title = format!("{drill}: {}", words::title(check));
            let line = self.line(place, &title, &said(&verdict.drill, check));
            match check.required {
                true => errors.push(line),
                false => warnings.push(line),
            }
        }
        if !words::a_check_tells(verdict) {
            let place = Some(self.place(verdict, ""));
            errors.push(self.line(place, &drill, &words::summary(verdict)));
        }
    }

    /// Where in the repository something is wrong, according to `text`: a line that it
    /// names, or else a function. A name is believed only if it is a file of the submission.
    fn place(&self, verdict: &Verdict, text: &str) -> Place {
        let submission = Path::new(&verdict.submission);
        let extension = submission.extension().and_then(|word| word.to_str());
        let source = self
            .sources
            .iter()
            .find(|source| source.submission == verdict.submission);
        let root = source.map_or("src/lib.rs", |source| &source.root);
        let entry = source.and_then(|source| entry_line(&source.text, text));
        let own = |file: &str| match extension {
            // A lone file has only one name.
            Some("rs") => (file == root).then(|| submission.to_owned()),
            // A line in an archive cannot be shown.
            Some("zip" | "gz" | "tgz") => None,
            _ => plain(file).then(|| submission.join(file)),
        };
        let named = locations(text).find_map(|(file, line)| {
            let file = own(file)?;
            Some(Place {
                file,
                line: Some(line),
            })
        });
        named.unwrap_or_else(|| match own(root) {
            Some(file) => Place { file, line: entry },
            None => Place {
                file: submission.to_owned(),
                line: None,
            },
        })
    }

    /// The properties after `::error `.
    fn line(&self, place: Option<Place>, title: &str, message: &str) -> String {
        let title = property(title);
        let message = data(message);
        let Some(Place { file, line }) = place else {
            return format!("title={title}::{message}");
        };
        let file = match &self.workspace {
            Some(workspace) => std::path::absolute(&file)
                .ok()
                .and_then(|whole| whole.strip_prefix(workspace).ok().map(Path::to_owned))
                .unwrap_or(file),
            None => file,
        };
        let file = property(&one_line(&file.to_string_lossy(), 400));
        match line {
            Some(line) => format!("file={file},line={line},title={title}::{message}"),
            None => format!("file={file},title={title}::{message}"),
        }
    }
}

fn said(drill: &str, check: &CheckResult) -> String {
    excerpt(&words::of_check(drill, check, LONGEST), LONGEST)
}

/// Whether a name in a message is one of a crate's own files.
fn plain(file: &str) -> bool {
    let inside = |part: &str| !part.is_empty() && part != "." && part != "..";
    file.starts_with("src/") && file.split('/').all(inside)
}

/// The places that a text names: rustc writes `--> FILE:LINE:COLUMN`, and panics are
/// shown with `(FILE:LINE)`.
fn locations(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let of_rustc = text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("--> ")?;
        let mut parts = rest.splitn(3, ':');
        let (file, line) = (parts.next()?, parts.next()?);
        Some((file, line.parse().ok()?))
    });
    let of_panics = text.split('(').skip(1).filter_map(|rest| {
        let (file, line) = rest.split(')').next()?.rsplit_once(':')?;
        Some((file, line.parse().ok()?))
    });
    of_rustc
        .chain(of_panics)
        .filter(|(file, line)| file.ends_with(".rs") && *line > 0)
}

/// The line of the function that `words` name in backticks, or else of the first
/// function that the grader can call and await.
fn entry_line(code: &str, words: &str) -> Option<usize> {
    let named = words.split('`').skip(1).step_by(2);
    let line_of = |is_it: &dyn Fn(&str) -> bool| Some(code.lines().position(is_it)? + 1);
    let is_entry = |line: &str| line.trim_start().starts_with("pub async fn ");
    let named = named.filter_map(|name| {
        line_of(&|line| {
            let after = line.trim_start().strip_prefix("pub ").map(str::trim_start);
            let after = after.map(|line| line.strip_prefix("async ").unwrap_or(line));
            let after = after.and_then(|line| line.strip_prefix("fn ")?.strip_prefix(name));
            after.is_some_and(|rest| rest.starts_with(['(', '<']))
        })
    });
    named.into_iter().next().or_else(|| line_of(&is_entry))
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_what_rustc_and_a_panic_say() {
        let text = "error[E0432]: x\n  --> src/a.rs:12:5\n panicked: no (yet) (src/lib.rs:7) (x:1)";
        let found: Vec<_> = locations(text).collect();
        assert_eq!(found, [("src/a.rs", 12), ("src/lib.rs", 7)]);
    }

    #[test]
    fn a_function_that_is_named_is_where_it_concerns() {
        let code = "impl A {\n    pub async fn get(&self) {}\n}\npub async fn rush(a: A) {}\n";
        assert_eq!(entry_line(code, "`rush` reports the `get` of it"), Some(4));
        assert_eq!(entry_line(code, "one `fetch` at a time"), Some(2));
        assert_eq!(entry_line("fn main() {}", "`main`"), None);
    }

    #[test]
    fn a_name_that_leads_out_of_the_crate_is_nobody_s() {
        for file in ["src/lib.rs", "src/a/b.rs"] {
            assert!(plain(file), "{file}");
        }
        for file in [
            "contract.rs",
            "src/../../x.rs",
            "/etc/a.rs",
            "src//a.rs",
            "srcs/a.rs",
        ] {
            assert!(!plain(file), "{file}");
        }
    }

    #[test]
    fn what_ends_a_command_or_a_property_is_escaped() {
        assert_eq!(data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
