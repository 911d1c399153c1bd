//! The languages a submission can be written in. Its main type is [`Language`]: what a file
//! is called, where a drill keeps what belongs to the language, and its words.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::{Course, CourseError, mistake};

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
    /// JavaScript, in Node.js.
    #[value(alias = "javascript")]
    Node,
}

impl Language {
    /// All of them, in the order of the course.
    pub const ALL: [Language; 3] = [Language::Rust, Language::Python, Language::Node];

    /// The others, whose submissions are one file that is interpreted.
    pub fn interpreted() -> impl Iterator<Item = Language> {
        Language::ALL.into_iter().filter(|it| !it.is_rust())
    }

    /// The language of a file of that name.
    pub fn of_file(name: &str) -> Language {
        Language::of_ending(name).map_or(Language::Rust, |(language, _)| language)
    }

    /// The language that the ending of a file's name says, if it says one, and how long that
    /// ending is, with its dot. Some editors on Windows save any file as text, which Windows
    /// then hides.
    pub fn of_ending(name: &str) -> Option<(Language, usize)> {
        const TEXT: usize = ".txt".len();
        let code = |name: &str| {
            let (_, ending) = name.rsplit_once('.')?;
            let is_of = |language: &Language| {
                let mut endings = language.endings().iter();
                endings.any(|it| it.eq_ignore_ascii_case(ending))
            };
            let language = Language::ALL.into_iter().find(is_of)?;
            Some((language, ending.len() + 1))
        };
        let is_text = name.len() > TEXT
            && name.is_char_boundary(name.len() - TEXT)
            && name[name.len() - TEXT..].eq_ignore_ascii_case(".txt");
        match is_text {
            true => code(&name[..name.len() - TEXT]).map(|(it, long)| (it, long + TEXT)),
            false => code(name),
        }
    }

    /// The language of a file whose name ends as its code does.
    pub fn of_code(name: &str) -> Option<Language> {
        let found = Language::of_ending(name)?;
        (!name.to_ascii_lowercase().ends_with(".txt")).then_some(found.0)
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

    /// The endings that its files may have, without the dot; the course's own have the first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Language::Rust => &["rs"],
            Language::Python => &["py"],
            Language::Node => &["mjs", "js", "cjs"],
        }
    }

    /// The ending of the course's files, without the dot.
    pub fn ending(self) -> &'static str {
        self.endings()[0]
    }

    /// What opens a file's first comment.
    pub fn comment(self) -> &'static str {
        match self {
            Language::Rust => "//!",
            Language::Python => "#",
            Language::Node => "//",
        }
    }

    /// The reference solution, from the folder of a drill's solutions in this language.
    pub fn reference(self) -> &'static str {
        match self {
            Language::Rust => "src/lib.rs",
            Language::Python => "reference.py",
            Language::Node => "reference.mjs",
        }
    }

    /// Whether a caller can be dropped while its call is under way. A promise goes on.
    pub fn drops(self) -> bool {
        self != Language::Node
    }

    /// Whether runs can go on in turn. In Node one that is halfway is played again from its
    /// beginning once another had its turn.
    pub fn runs_side_by_side(self) -> bool {
        self != Language::Node
    }

    /// Its folder in a drill's places, which `--language` calls it as well; none, where they are
    /// its own.
    pub fn folder(self) -> &'static str {
        match self {
            Language::Rust => "",
            Language::Python => "python",
            Language::Node => "node",
        }
    }

    /// What is called otherwise than in Rust, the longer words first.
    fn words(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Language::Rust => &[],
            Language::Python => &IN_PYTHON,
            Language::Node => &IN_JAVASCRIPT,
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
            (0, _) => {
                let words = self.words().iter();
                words.fold(part.to_owned(), |text, (rust, other)| {
                    text.replace(rust, other)
                })
            }
            (_, Some(class)) if self == Language::Node => format!("new {class}()"),
            (_, Some(class)) => format!("{class}()"),
            (_, None) => part.to_owned(),
        };
        let parts: Vec<String> = text.split('`').enumerate().map(part).collect();
        parts.join("`")
    }
}

const IN_PYTHON: [(&str, &str); 22] = [
    ("makes the loop poll a request", "wakes a request"),
    ("while it was being dropped", "while it was being closed"),
    ("the instance is dropped", "the instance is let go"),
    ("only one poll before", "only one step of a task before"),
    (
        "polls before the next line",
        "steps of tasks before the next line",
    ),
    ("in the same poll", "in the same step"),
    (
        "asks to be polled again and again",
        "asks to run again and again",
    ),
    ("asks to be polled again", "asks to run again"),
    ("a task was polled", "a task ran"),
    ("burn no polls", "do not keep the loop busy"),
    (" polls", " steps of tasks"),
    ("a transfer that returned Ok", "a transfer that returned"),
    ("returned Ok", "returned"),
    ("returns Ok", "returns"),
    ("was told Ok", "was told that it was done"),
    ("other than Ok", "other than nothing"),
    ("panicked", "raised"),
    ("panics", "raises"),
    ("a panic", "an exception"),
    ("panic", "raise"),
    ("dropping", "cancelling"),
    ("dropped", "cancelled"),
];

const IN_JAVASCRIPT: [(&str, &str); 15] = [
    ("the instance is dropped", "the instance is let go"),
    (
        "only one poll before",
        "only one round of microtasks before",
    ),
    (
        "polls before the next line",
        "rounds of microtasks before the next line",
    ),
    ("in the same poll", "in the same microtask"),
    (
        "asks to be polled again and again",
        "asks to run again and again",
    ),
    ("asks to be polled again", "asks to run again"),
    ("a task was polled", "a task ran"),
    (
        "without reaching an await",
        "without coming back to the loop: it works for long, or awaits what is ready, and microtasks come first",
    ),
    (" polls", " turns of the loop"),
    (" or whose callers were dropped", ""),
    (
        "failed fetches and dropped callers leave",
        "failed fetches leave",
    ),
    ("failed or were dropped", "failed"),
    ("panicked", "threw"),
    ("panics", "throws"),
    ("panic", "throw"),
];

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Rust => "Rust",
            Language::Python => "Python",
            Language::Node => "JavaScript",
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
            other => {
                let (folder, ending) = (other.folder(), other.ending());
                format!("exercises/{slug}/{folder}/{slug}.{ending}")
            }
        }
    }

    /// The same, wherever the course lies.
    pub fn path_in(&self, slug: &str, language: Language) -> PathBuf {
        self.root().join(self.file_in(slug, language))
    }

    /// What a learner's submission is: a crate, or the one file.
    pub fn submission_in(&self, slug: &str, language: Language) -> PathBuf {
        match language.is_rust() {
            true => self.exercise_dir(slug),
            false => self.path_in(slug, language),
        }
    }

    /// The reference solution of a drill in a language.
    pub fn reference_in(&self, slug: &str, language: Language) -> PathBuf {
        self.solutions_in(slug, language).join(language.reference())
    }

    /// What everybody begins with, as it was shipped.
    pub fn stub_in(&self, slug: &str, language: Language) -> PathBuf {
        let name = format!("stub.{}", language.ending());
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
            message: mistake::told(&text, &error),
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
            ("cache_race.mjs", Language::Node),
            ("a/Cache.JS", Language::Node),
            ("cache_race.js.txt", Language::Node),
            ("lib.rs.TXT", Language::Rust),
            ("notes.txt", Language::Rust),
            ("é.txt", Language::Rust),
            ("lib.rs", Language::Rust),
            ("py", Language::Rust),
            ("src/happy", Language::Rust),
        ] {
            assert_eq!(Language::of_file(name), language, "{name}");
        }
    }

    #[test]
    fn an_ending_is_as_long_as_it_is_written() {
        let long = |name| Language::of_ending(name).map(|(_, long)| long);
        assert_eq!(long("a.mjs"), Some(4));
        assert_eq!(long("a.py.txt"), Some(7));
        assert_eq!(long("mjs"), None);
        assert_eq!(Language::of_code("a.js"), Some(Language::Node));
        assert_eq!(Language::of_code("a.js.txt"), None);
    }

    #[test]
    fn what_javascript_calls_otherwise_is_said_so() {
        let said = [
            ("`UserCache::new` panicked: x", "`new UserCache()` threw: x"),
            (
                "failed fetches and dropped callers leave nothing behind",
                "failed fetches leave nothing behind",
            ),
        ];
        for (rust, javascript) in said {
            assert_eq!(Language::Node.says(rust), javascript);
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
            (
                "  (only 2 polls before the next line)",
                "  (only 2 steps of tasks before the next line)",
            ),
            ("the instance is dropped", "the instance is let go"),
            ("request 1 returns Ok", "request 1 returns"),
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
