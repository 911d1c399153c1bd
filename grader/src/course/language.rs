//! The languages a submission can be written in. Its main type is [`Language`]: what a file
//! is called, where a drill keeps what belongs to the language, and its words.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::{Course, CourseError};

/// A language that submissions are written in.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Rust, with tokio.
    #[default]
    Rust,
    /// Python, with asyncio.
    Python,
}

impl Language {
    /// All of them, in the order of the course.
    pub const ALL: [Language; 2] = [Language::Rust, Language::Python];

    /// The language of a file of that name.
    pub fn of_file(name: &str) -> Language {
        let lower = name.to_ascii_lowercase();
        match lower.ends_with(".py") || lower.ends_with(".py.txt") {
            true => Language::Python,
            false => Language::Rust,
        }
    }

    /// Whether it is the course's first one.
    pub fn is_rust(&self) -> bool {
        *self == Language::Rust
    }

    /// The name under which something of a drill is kept in this language.
    pub fn of_drill(self, slug: &str) -> String {
        match self.folder() {
            "" => slug.to_owned(),
            folder => format!("{slug}/{folder}"),
        }
    }

    /// The slug and the language in such a name.
    pub fn and_drill(name: &str) -> (&str, Language) {
        let (slug, folder) = name.split_once('/').unwrap_or((name, ""));
        let mut all = Language::ALL.into_iter();
        let language = all.find(|language| language.folder() == folder);
        (slug, language.unwrap_or_default())
    }

    /// The ending of its files, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Language::Rust => "rs",
            Language::Python => "py",
        }
    }

    /// Its folder in a drill's places; none, where they are its own.
    pub fn folder(self) -> &'static str {
        match self {
            Language::Rust => "",
            Language::Python => "python",
        }
    }

    /// A text of the grader's in the language's own words. The grader speaks as Rust does:
    /// code panics, and a future is dropped. What stands between backticks is a name and
    /// stays, but for a constructor.
    pub fn says(self, text: &str) -> String {
        if self == Language::Rust {
            return text.to_owned();
        }
        let part = |(at, part): (usize, &str)| match (at % 2, part.strip_suffix("::new")) {
            (0, _) => IN_PYTHON
                .iter()
                .fold(part.to_owned(), |text, (rust, python)| {
                    text.replace(rust, python)
                }),
            (_, Some(class)) => format!("{class}()"),
            (_, None) => part.to_owned(),
        };
        let parts: Vec<String> = text.split('`').enumerate().map(part).collect();
        parts.join("`")
    }
}

/// What is called otherwise in Python, the longer words first.
const IN_PYTHON: [(&str, &str); 7] = [
    ("while it was being dropped", "while it was being closed"),
    ("panicked", "raised"),
    ("panics", "raises"),
    ("a panic", "an exception"),
    ("panic", "raise"),
    ("dropping", "cancelling"),
    ("dropped", "cancelled"),
];

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Rust => "Rust",
            Language::Python => "Python",
        })
    }
}

impl Course {
    /// What a learner has of a drill in a language: a crate, or a folder with `SLUG.py`.
    pub fn exercise_in(&self, slug: &str, language: Language) -> PathBuf {
        below(self.exercise_dir(slug), language)
    }

    /// The solutions of a drill in a language: the reference, the stub, right and wrong ones.
    pub fn solutions_in(&self, slug: &str, language: Language) -> PathBuf {
        below(self.solution_dir(slug), language)
    }
}

impl Course {
    /// The file of a drill that a learner writes, from the course's folder.
    pub fn file_in(&self, slug: &str, language: Language) -> String {
        match language {
            Language::Rust => format!("exercises/{slug}/src/lib.rs"),
            Language::Python => format!("exercises/{slug}/python/{slug}.py"),
        }
    }

    /// The reference solution of a drill in a language.
    pub fn reference_in(&self, slug: &str, language: Language) -> PathBuf {
        let name = match language {
            Language::Rust => "src/lib.rs".to_owned(),
            other => format!("reference.{}", other.ending()),
        };
        self.solutions_in(slug, language).join(name)
    }

    /// The hints of a drill in a language, from a nudge to nearly the answer.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn hints_in(&self, slug: &str, language: Language) -> Result<Vec<String>, CourseError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Hints {
            hints: Vec<String>,
        }
        if language.is_rust() {
            return Ok(self.exercise(slug)?.hints);
        }
        let path = self.exercise_in(slug, language).join("hints.toml");
        let text = std::fs::read_to_string(&path).map_err(|source| CourseError::Read {
            path: path.clone(),
            source,
        })?;
        let hints: Hints = toml::from_str(&text).map_err(|error| CourseError::Exercise {
            path,
            message: error.message().to_owned(),
        })?;
        Ok(hints.hints)
    }
}

fn below(place: PathBuf, language: Language) -> PathBuf {
    match language.folder() {
        "" => place,
        folder => place.join(Path::new(folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_ending_says_its_language() {
        for (name, language) in [
            ("cache_race.py", Language::Python),
            ("CACHE.PY", Language::Python),
            ("hw1.py.txt", Language::Python),
            ("lib.rs", Language::Rust),
            ("py", Language::Rust),
            ("src/happy", Language::Rust),
        ] {
            assert_eq!(Language::of_file(name), language, "{name}");
        }
    }

    #[test]
    fn a_name_says_the_drill_and_the_language() {
        for language in Language::ALL {
            let name = language.of_drill("cache_race");
            assert_eq!(Language::and_drill(&name), ("cache_race", language));
        }
    }

    #[test]
    fn what_python_calls_otherwise_is_said_so() {
        let said = [
            ("request 1 panicked: x", "request 1 raised: x"),
            ("`UserCache::new` panicked: x", "`UserCache()` raised: x"),
            (
                "a fetch that panics takes down",
                "a fetch that raises takes down",
            ),
            (
                "dropping a caller that waits",
                "cancelling a caller that waits",
            ),
            (
                "cannot be judged: see `leader_dropped`",
                "cannot be judged: see `leader_dropped`",
            ),
            (
                "cannot be judged while requests panic",
                "cannot be judged while requests raise",
            ),
        ];
        for (rust, python) in said {
            assert_eq!(Language::Python.says(rust), python);
            assert_eq!(Language::Rust.says(rust), rust);
        }
    }
}
