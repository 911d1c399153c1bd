//! A new drill's files, in its four places, and its lines in the lists.
//!
//! The main function is [`scaffold`]. It overwrites nothing: when any of the
//! files exists, nothing at all is written.

#[cfg(test)]
pub(crate) mod begun;
pub mod language;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::authors::mirror::{self, LISTS, Place};
use crate::course::language::Language;
use crate::course::{Course, guess};
use play::text::closest;

/// The beginning of a new drill in one world.
#[derive(Debug)]
pub struct Beginning {
    /// The world's name.
    pub world: &'static str,
    /// What a learner is to do, in one line.
    goal: &'static str,
    /// The first hint.
    hint: &'static str,
    /// The mistake of the wrong solution.
    mistake: &'static str,
    /// Each file, and its text.
    pub files: [(&'static str, &'static str); 13],
}

/// The files of a new drill; some of them are specific to the world.
macro_rules! files {
    ($world:literal) => {
        [
            (
                "exercises/SLUG/Cargo.toml",
                include_str!("scaffold/common/exercise_manifest.txt"),
            ),
            (
                "exercises/SLUG/README.md",
                include_str!("scaffold/common/exercise_readme.txt"),
            ),
            (
                "exercises/SLUG/exercise.toml",
                include_str!("scaffold/common/exercise.txt"),
            ),
            (
                "exercises/SLUG/src/lib.rs",
                include_str!(concat!("scaffold/", $world, "/stub.txt")),
            ),
            (
                "exercises/SLUG/tests/public.rs",
                include_str!(concat!("scaffold/", $world, "/public.txt")),
            ),
            (
                "solutions/SLUG/Cargo.toml",
                include_str!("scaffold/common/solution_manifest.txt"),
            ),
            (
                "solutions/SLUG/src/lib.rs",
                include_str!(concat!("scaffold/", $world, "/reference.txt")),
            ),
            (
                "solutions/SLUG/stub.rs",
                include_str!(concat!("scaffold/", $world, "/stub.txt")),
            ),
            (
                "solutions/SLUG/right/another_design.rs",
                include_str!(concat!("scaffold/", $world, "/right.txt")),
            ),
            (
                "solutions/SLUG/wrong/MISTAKE.rs",
                include_str!(concat!("scaffold/", $world, "/wrong.txt")),
            ),
            (
                "grader/src/drills/SLUG.rs",
                include_str!(concat!("scaffold/", $world, "/drill.txt")),
            ),
            (
                "grader/src/drills/SLUG/contract.rs",
                include_str!(concat!("scaffold/", $world, "/SLUG/contract.rs")),
            ),
            ("book/SLUG.md", include_str!("scaffold/common/page.txt")),
        ]
    };
}

/// Every world that a drill can begin in. The first is taken when none is named.
pub const BEGINNINGS: [Beginning; 9] = [
    Beginning {
        world: "users",
        goal: "answer every request with the row its user's fetch returned",
        hint: "Where does a row come from?",
        mistake: "gives_the_first_row",
        files: files!("users"),
    },
    Beginning {
        world: "passwords",
        goal: "answer every request with the text of its own hash",
        hint: "Which thread does a hash run on?",
        mistake: "gives_the_first_text",
        files: files!("passwords"),
    },
    Beginning {
        world: "bank",
        goal: "answer every deposit with the balance that it made",
        hint: "Which balance did your deposit make?",
        mistake: "gives_what_was_read",
        files: files!("bank"),
    },
    Beginning {
        world: "audit",
        goal: "move money only by transfers that were recorded",
        hint: "When is a transfer recorded, and when does its money move?",
        mistake: "forgives_the_audit",
        files: files!("audit"),
    },
    Beginning {
        world: "server",
        goal: "answer every caller with the answer to its own question",
        hint: "Who else asks over the same connection?",
        mistake: "gives_the_first_answer",
        files: files!("server"),
    },
    Beginning {
        world: "bulk",
        goal: "answer every request with its own item",
        hint: "Which place has an item in the answer of its call?",
        mistake: "gives_the_first_item",
        files: files!("bulk"),
    },
    Beginning {
        world: "sink",
        goal: "tell every caller how the store of its own event ended",
        hint: "What does the sink say of an event that it does not want?",
        mistake: "says_ok_to_everything",
        files: files!("sink"),
    },
    Beginning {
        world: "work",
        goal: "make a long computation step by step",
        hint: "Which numbers have the first step and the last one?",
        mistake: "begins_with_step_one",
        files: files!("work"),
    },
    Beginning {
        world: "clock",
        goal: "measure for how long tasks block the loop",
        hint: "When does your task run again after a stall, and when was it to?",
        mistake: "reports_the_last_stall",
        files: files!("clock"),
    },
];

/// Crates that a drill's crate, or a module of the grader, would hide, and the folder in which
/// cargo builds, which git leaves out.
const TAKEN: [&str; 18] = [
    "alloc",
    "core",
    "examiner",
    "futures",
    "grader",
    "kit",
    "learn",
    "listings",
    "play",
    "proc_macro",
    "protocol",
    "sandbox",
    "std",
    "sysroot",
    "target",
    "test",
    "tokio",
    "worker",
];

/// A heading is read at a glance.
const LONGEST_TITLE: usize = 80;

/// Why the drill was not made. Nothing was written.
#[derive(Debug, Error)]
pub enum ScaffoldError {
    /// Not a name for a drill.
    #[error(
        "`{0}` cannot be a drill's name: lower case letters, digits and `_`, a letter first, no Rust keyword, no crate's name, not `target`"
    )]
    Name(String),
    /// Not a title for a page, a table and a TOML file.
    #[error("the title may not contain `{0}`")]
    Title(char),
    /// A title that cannot be a heading.
    #[error(
        "a title has from 1 to {LONGEST_TITLE} letters, and not `{{{{`, which mdBook would carry out"
    )]
    NoTitle,
    /// No world of that name.
    #[error("no world named `{name}`{}; there are {}", guess(.closest), worlds())]
    World {
        /// As it was typed.
        name: String,
        /// What may have been meant.
        closest: Option<String>,
    },
    /// No beginning in that language.
    #[error(
        "drills of `{world}` cannot be begun in {language} yet; in {language} there are {worlds}"
    )]
    Language {
        /// The language.
        language: Language,
        /// The world.
        world: &'static str,
        /// The worlds that it has.
        worlds: String,
    },
    /// Something with that name exists.
    #[error("`{}` exists already; choose another name, or remove it", .0.display())]
    Exists(PathBuf),
    /// A list that has an unexpected form.
    #[error("`{file}` has no place for the drill, {place}; is the course complete?")]
    List {
        /// The file, from the course's folder.
        file: &'static str,
        /// The text that was looked for.
        place: String,
    },
    /// A file that cannot be read or written.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// The names of the worlds, as they are listed for people.
fn worlds() -> String {
    let names = BEGINNINGS.map(|beginning| format!("`{}`", beginning.world));
    names.join(", ")
}

/// The beginning of a new drill in the world with that name.
///
/// # Errors
/// When no world has that name.
pub fn beginning_in(world: &str) -> Result<&'static Beginning, ScaffoldError> {
    let names = || BEGINNINGS.iter().map(|beginning| beginning.world);
    let found = BEGINNINGS.iter().find(|beginning| beginning.world == world);
    found.ok_or_else(|| ScaffoldError::World {
        name: world.to_owned(),
        closest: closest(world, names()).map(str::to_owned),
    })
}

/// Makes drill `slug`, and says which files it wrote and which it changed, from
/// the course's folder.
///
/// # Errors
/// When the name is not valid, something with that name exists, or a file cannot
/// be read or written.
pub fn scaffold(
    course: &Course,
    slug: &str,
    title: &str,
    beginning: &Beginning,
) -> Result<Vec<PathBuf>, ScaffoldError> {
    if !is_name(slug) || TAKEN.contains(&slug) {
        return Err(ScaffoldError::Name(slug.to_owned()));
    }
    if let Some(letter) = title
        .chars()
        .find(|letter| "\"\\|[]<>`\n".contains(*letter))
    {
        return Err(ScaffoldError::Title(letter));
    }
    let length = title.trim().chars().count();
    if !(1..=LONGEST_TITLE).contains(&length) || title.contains("{{") {
        return Err(ScaffoldError::NoTitle);
    }
    let fill = |text: &str| {
        text.replace("SLUG", slug)
            .replace("CAMEL", &camel(slug))
            .replace("TITLE", title)
            .replace("GOAL", beginning.goal)
            .replace("HINT", beginning.hint)
            .replace("MISTAKE", beginning.mistake)
    };
    let root = course.root();
    if mirror::slugs(course).iter().any(|known| known == slug) {
        return Err(ScaffoldError::Exists(course.exercise_dir(slug)));
    }
    let mut texts: Vec<(PathBuf, String)> = Vec::new();
    for (place, text) in beginning.files {
        let path = PathBuf::from(fill(place));
        if root.join(&path).exists() {
            return Err(ScaffoldError::Exists(path));
        }
        texts.push((path, fill(text)));
    }
    for list in &LISTS {
        let path = PathBuf::from(list.file);
        let known = texts.iter().position(|(other, _)| *other == path);
        let text = match known {
            Some(at) => texts.remove(at).1,
            None => read(root, &path)?,
        };
        let text = with_line(&text, &list.place, &fill(list.line)).ok_or(ScaffoldError::List {
            file: list.file,
            place: format!("{:?}", list.place),
        })?;
        texts.push((path, text));
    }
    for (path, text) in &texts {
        write(&root.join(path), text)?;
    }
    Ok(texts.into_iter().map(|(path, _)| path).collect())
}

/// `text` with one more line; `None` if the line has no place in it.
fn with_line(text: &str, place: &Place, line: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last = |is_it: &dyn Fn(&str) -> bool| lines.iter().rposition(|known| is_it(known));
    match place {
        Place::AfterBeginning(words) => {
            let at = last(&|known| known.starts_with(words))?;
            lines.insert(at + 1, line.to_owned());
        }
        Place::AfterHolding(words) => {
            let at = last(&|known| known.contains(words))?;
            let number = lines[at]
                .split_once(". ")
                .and_then(|(number, _)| number.parse().ok());
            let next = number.map_or(1, |number: u32| number.saturating_add(1));
            let numbered = line.strip_prefix("NUMBER");
            let line = numbered.map_or(line.to_owned(), |rest| format!("{next}{rest}"));
            lines.insert(at + 1, line);
        }
        Place::Module(last_one) => {
            let at = last(&|known| known == *last_one)?;
            let name = |line: &str| line.strip_prefix("pub ").unwrap_or(line).to_owned();
            let first = lines[..at]
                .iter()
                .rposition(|line| !name(line).starts_with("mod "));
            let modules = first.map_or(0, |line| line + 1)..at + 1;
            let before = lines[modules.clone()].partition_point(|known| name(known) < name(line));
            lines.insert(modules.start + before, line.to_owned());
        }
        Place::InBrackets(words) => {
            let at = last(&|known| known.starts_with(words))?;
            let open = lines[at].strip_suffix(']')?;
            lines[at] = format!("{open}, {line}]");
        }
    }
    lines.push(String::new());
    Some(lines.join("\n"))
}

/// Whether a crate, a module and a page can have this name.
fn is_name(slug: &str) -> bool {
    const KEYWORDS: &str = " abstract as async await become box break const continue crate do dyn \
        else enum extern false final fn for gen if impl in kit let loop macro match mod move mut \
        override priv pub ref return self static struct super test tests trait true try type \
        typeof unsafe unsized use virtual where while yield ";
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    slug.starts_with(|first: char| first.is_ascii_lowercase())
        && slug.chars().all(plain)
        && slug.len() <= 40
        && !KEYWORDS.contains(&format!(" {slug} "))
}

/// `cache_race` as the name of a type.
fn camel(slug: &str) -> String {
    let word = |word: &str| -> String {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    };
    slug.split('_').map(word).collect()
}

fn read(root: &Path, path: &Path) -> Result<String, ScaffoldError> {
    fs::read_to_string(root.join(path)).map_err(|source| ScaffoldError::Io {
        path: path.to_owned(),
        source,
    })
}

fn write(path: &Path, text: &str) -> Result<(), ScaffoldError> {
    let failed = |source| ScaffoldError::Io {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_crate_may_be_called() {
        for name in ["cache_race", "a", "two2"] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "", "Cache", "2two", "a-b", "../a", "loop", "kit", "a b", "ä",
        ] {
            assert!(!is_name(name), "{name}");
        }
        assert_eq!(camel("cache_race"), "CacheRace");
    }

    #[test]
    fn a_line_goes_where_its_list_says() {
        let after = Place::AfterBeginning("    \"solutions/");
        let text = "a\n    \"solutions/a\",\n    \"solutions/b\",\n]\n";
        let with = with_line(text, &after, "    \"solutions/c\",");
        assert_eq!(
            with.as_deref(),
            Some("a\n    \"solutions/a\",\n    \"solutions/b\",\n    \"solutions/c\",\n]\n")
        );
        assert_eq!(with_line("nothing\n", &after, "x"), None);
        let modules = "//! Drills.\n\nmod cache;\npub mod common;\nmod offload;\nmod user_cache;\n\nmod tests {\n";
        let with = with_line(modules, &Place::Module("mod user_cache;"), "mod new;");
        let with = with.expect("it has a place");
        assert!(
            with.contains("pub mod common;\nmod new;\nmod offload;\n"),
            "{with}"
        );
        let members = Place::InBrackets("members = [");
        let one_line = with_line("members = [\"kit\"]\n", &members, "\"new\"");
        assert_eq!(one_line.as_deref(), Some("members = [\"kit\", \"new\"]\n"));
        let numbered = "1. [A](a.md): one.\n2. [B](b.md): two.\n\nMore.\n";
        let with = with_line(
            numbered,
            &Place::AfterHolding(".md): "),
            "NUMBER. [C](c.md): x.",
        );
        let with = with.expect("it has a place");
        assert!(with.contains("two.\n3. [C](c.md): x.\n\nMore."), "{with}");
    }
}
